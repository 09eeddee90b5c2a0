#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

/* OpenSSL 3 for Swift, which sees functions and simple constants but neither function-like macros nor
 * 64-bit option constants built by macros. Each shim below stands for exactly one macro or one typed stack;
 * its name is the macro's with a `copenssl_` in front. */

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static inline int copenssl_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int copenssl_SSL_CTX_set_max_proto_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_max_proto_version(context, version);
}

static inline void copenssl_SSL_CTX_set_session_cache_off(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

/* Writes may be cut and their buffers may move; idle connections give their buffers back. */
static inline void copenssl_SSL_CTX_set_mode_for_memory_bios(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
}

static inline void copenssl_SSL_CTX_set_options_no_renegotiation(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

static inline void copenssl_SSL_CTX_set_options_no_ticket(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
}

static inline int copenssl_SSL_set_tlsext_host_name(SSL *connection, const char *name) {
  return (int)SSL_set_tlsext_host_name(connection, name);
}

static inline int copenssl_SSL_CTX_get_ex_new_index(void) {
  return SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

static inline int copenssl_sk_X509_num(const STACK_OF(X509) *stack) {
  return stack == NULL ? 0 : sk_X509_num(stack);
}

static inline X509 *copenssl_sk_X509_value(const STACK_OF(X509) *stack, int index) {
  return sk_X509_value(stack, index);
}

static inline GENERAL_NAMES *copenssl_subject_alternative_names(const X509 *certificate) {
  return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static inline int copenssl_sk_GENERAL_NAME_num(const GENERAL_NAMES *names) {
  return sk_GENERAL_NAME_num(names);
}

/* The bytes of a DNS name or an IP address; NULL for names of other kinds. */
static inline const unsigned char *copenssl_general_name_bytes(const GENERAL_NAMES *names, int index,
                                                               int *length, int *is_address) {
  int type = 0;
  ASN1_STRING *value =
      (ASN1_STRING *)GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &type);
  if (type != GEN_DNS && type != GEN_IPADD) {
    return NULL;
  }
  *is_address = type == GEN_IPADD;
  *length = ASN1_STRING_length(value);
  return ASN1_STRING_get0_data(value);
}

static inline long copenssl_BIO_get_mem_data(BIO *bio, char **bytes) {
  return BIO_get_mem_data(bio, bytes);
}

static inline unsigned long copenssl_XN_FLAG_readable(void) {
  return XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
}

static inline int copenssl_ERR_GET_LIB(unsigned long code) {
  return ERR_GET_LIB(code);
}

static inline int copenssl_ERR_GET_REASON(unsigned long code) {
  return ERR_GET_REASON(code);
}

#endif
