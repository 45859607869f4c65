#pragma once
// Credentials that a service next to us gives out: that of a container, or of the machine it runs on.

#include "credentials.hpp"

namespace regtool {

// What $AWS_CONTAINER_CREDENTIALS_FULL_URI or ..._RELATIVE_URI leads to, with $AWS_CONTAINER_AUTHORIZATION_TOKEN or
// ..._TOKEN_FILE. Plain HTTP only to this machine and to the addresses that AWS has for it. `transport` outlives it.
std::unique_ptr<CredentialSource> container_credentials(Environment environment, Transport& transport);

// What the metadata service of an EC2 machine gives out, in its second version; $AWS_EC2_METADATA_SERVICE_ENDPOINT
// where it is not at its usual address.
std::unique_ptr<CredentialSource> instance_credentials(Environment environment, Transport& transport);

// {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}. Errc::unauthenticated for anything else; never quotes it.
Result<S3Credentials> parse_remote_credentials(std::string_view json);

}  // namespace regtool
