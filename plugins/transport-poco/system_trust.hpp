#pragma once
// Whom the system trusts. One file a platform.

#include <openssl/types.h>

namespace regtool {

// Adds the certificates that the system trusts, where OpenSSL does not find them by itself. Best effort: without them
// a server is refused.
void trust_system(SSL_CTX* context);

}  // namespace regtool
