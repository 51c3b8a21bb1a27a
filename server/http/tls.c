/* In: two files. Out: the certificate of a handshake. One that was replaced is kept, for
 * a handshake may be under way with it. */
#include "http/tls.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CHAIN_MAX = 16 };

struct tls {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
    struct tls *before;
};

static _Atomic(struct tls *) shown;

/* Called at each handshake. */
static int choose(gnutls_session_t session, const gnutls_datum_t *authorities, int n,
                  const gnutls_pk_algorithm_t *algorithms, int algorithms_n,
                  gnutls_pcert_st **ret_chain, unsigned *ret_count,
                  gnutls_privkey_t *ret_key)
{
    struct tls *t = shown;
    (void)session, (void)authorities, (void)n, (void)algorithms, (void)algorithms_n;
    *ret_chain = t->chain;
    *ret_count = t->count;
    *ret_key = t->key;
    return 0;
}

const struct MHD_OptionItem tls_options[] = {
    {MHD_OPTION_HTTPS_PRIORITIES, 0,
     (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
    {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)choose},
    {MHD_OPTION_END, 0, NULL},
};

static bool is_private(const char *key, struct buf *why)
{
    struct stat st;
    if (stat(key, &st) != 0)
        buf_addf(why, "%s: %s", key, strerror(errno));
    else if ((st.st_mode & S_IRWXO) != 0)
        buf_addf(why, "%s can be read by everybody; chmod o= it", key);
    return why->len == 0;
}

/* Whether the files can be read and belong together. */
static bool check_pair(const char *cert, const char *key, struct buf *why)
{
    gnutls_certificate_credentials_t both;
    int code = gnutls_certificate_allocate_credentials(&both);
    if (code == 0) {
        code = gnutls_certificate_set_x509_key_file(both, cert, key, GNUTLS_X509_FMT_PEM);
        gnutls_certificate_free_credentials(both);
    }
    if (code < 0)
        buf_addf(why, "%s and %s: %s", cert, key, gnutls_strerror(code));
    return code >= 0;
}

static int read_pair(const char *cert, const char *key, struct tls *t)
{
    gnutls_datum_t text = {.data = NULL};
    unsigned room = CHAIN_MAX;
    int code = gnutls_pcert_list_import_x509_file(t->chain, &room, cert,
                                                  GNUTLS_X509_FMT_PEM, NULL, NULL, 0);
    t->count = code >= 0 ? room : 0;
    if (code >= 0)
        code = gnutls_load_file(key, &text);
    if (code >= 0)
        code = gnutls_privkey_init(&t->key);
    if (code >= 0)
        code =
            gnutls_privkey_import_x509_raw(t->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (text.data != NULL)
        gnutls_memset(text.data, 0, text.size);
    gnutls_free(text.data);
    return code;
}

struct tls *tls_load(const char *cert, const char *key, struct tls *before,
                     struct buf *why)
{
    if (*cert == '\0' || *key == '\0') {
        buf_adds(why, "tls-cert and tls-key go together");
        return NULL;
    }
    if (!is_private(key, why) || !check_pair(cert, key, why))
        return NULL;
    struct tls *t = calloc(1, sizeof *t);
    int code = t != NULL ? read_pair(cert, key, t) : GNUTLS_E_MEMORY_ERROR;
    if (code < 0) {
        buf_addf(why, "%s and %s: %s", cert, key, gnutls_strerror(code));
        tls_free(t);
        return NULL;
    }
    t->before = before;
    shown = t;
    return t;
}

void tls_free(struct tls *t)
{
    while (t != NULL) {
        struct tls *before = t->before;
        for (unsigned i = 0; i < t->count; i++)
            gnutls_pcert_deinit(&t->chain[i]);
        if (t->key != NULL)
            gnutls_privkey_deinit(t->key);
        free(t);
        t = before;
    }
}
