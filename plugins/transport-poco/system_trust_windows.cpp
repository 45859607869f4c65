#include "system_trust.hpp"

#include <memory>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <wincrypt.h>

namespace regtool {
namespace {

struct CloseStore {
  void operator()(void* store) const noexcept { ::CertCloseStore(store, 0); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

}  // namespace

// Windows keeps them in a store of its own, which OpenSSL does not know.
void trust_system(SSL_CTX* context) {
  const std::unique_ptr<void, CloseStore> roots(::CertOpenSystemStoreW(0, L"ROOT"));
  if (!roots) return;
  PCCERT_CONTEXT entry = nullptr;
  while ((entry = ::CertEnumCertificatesInStore(roots.get(), entry)) != nullptr) {
    const unsigned char* bytes = entry->pbCertEncoded;
    const std::unique_ptr<X509, FreeCertificate> certificate(
        d2i_X509(nullptr, &bytes, static_cast<long>(entry->cbCertEncoded)));
    if (certificate) X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
  }
}

}  // namespace regtool
