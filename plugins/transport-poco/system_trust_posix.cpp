#include "system_trust.hpp"

namespace regtool {

// OpenSSL's default paths, and $SSL_CERT_FILE, are the system's.
void trust_system(SSL_CTX*) {}

}  // namespace regtool
