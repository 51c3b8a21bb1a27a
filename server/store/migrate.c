#include "store/migrate.h"

#include <limits.h>
#include <stdio.h>

#include "base/embed.h"
#include "base/log.h"
#include "store/copy.h"

EMBED(migration_0001, "schema/migrations/0001_jobs.sql");
EMBED(migration_0002, "schema/migrations/0002_records.sql");
EMBED(migration_0003, "schema/migrations/0003_queue.sql");
EMBED(migration_0004, "schema/migrations/0004_waiting.sql");
EMBED(migration_0005, "schema/migrations/0005_core.sql");
EMBED(migration_0006, "schema/migrations/0006_trace_hash.sql");
EMBED(migration_0007, "schema/migrations/0007_lists.sql");
EMBED(migration_0008, "schema/migrations/0008_trials.sql");
EMBED(migration_0009, "schema/migrations/0009_accounts.sql");
EMBED(migration_0010, "schema/migrations/0010_absent.sql");
EMBED(migration_0011, "schema/migrations/0011_lacking.sql");
EMBED(migration_0012, "schema/migrations/0012_leases.sql");

/* In order; the number of a migration is its place, counted from 1. */
static const char *const migrations[] = {migration_0001, migration_0002, migration_0003,
                                         migration_0004, migration_0005, migration_0006,
                                         migration_0007, migration_0008, migration_0009,
                                         migration_0010, migration_0011, migration_0012};

enum {
    MIGRATIONS = sizeof migrations / sizeof migrations[0],
    APPLICATION_ID = 0x46525547, /* "FRUG" */
    AUTO_VACUUM = 2,             /* files of the first version did not have it */
};

static enum status apply(struct conn *c, int number, struct buf *why)
{
    char close[120];
    snprintf(close, sizeof close,
             "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
             APPLICATION_ID, number);
    enum status status = conn_execute(c, "BEGIN EXCLUSIVE", why);
    if (status == STATUS_OK)
        status = conn_execute(c, migrations[number - 1], why);
    if (status == STATUS_OK)
        status = conn_execute(c, close, why);
    if (status != STATUS_OK)
        sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

enum status migrate_check(struct conn *c, struct buf *why)
{
    int64_t version = conn_ask(c, "PRAGMA user_version");
    int64_t id = conn_ask(c, "PRAGMA application_id");
    int64_t tables = conn_ask(c, "SELECT count(*) FROM sqlite_schema");
    if (version < 0 || tables < 0) {
        buf_addf(why, "the database cannot be read: %s", sqlite3_errmsg(c->db));
        return conn_status(c) == STATUS_NO_SPACE ? STATUS_NO_SPACE : STATUS_CORRUPT;
    }
    if (tables > 0 && id != APPLICATION_ID) {
        buf_adds(why, "the database belongs to another program");
        return STATUS_FOREIGN;
    }
    if (version > MIGRATIONS) {
        buf_addf(why, "the database is from a newer version of frugal (%d, known are %d)",
                 (int)version, MIGRATIONS);
        return STATUS_FOREIGN;
    }
    return STATUS_OK;
}

static enum status back_up(struct conn *writer, const char *folder, int64_t version,
                           struct buf *why)
{
    char name[PATH_MAX], unfinished[PATH_MAX + 8], prefix[40];
    if (version == 0 || version == MIGRATIONS ||
        conn_ask(writer, "SELECT EXISTS (SELECT 1 FROM job)") == 0)
        return STATUS_OK;
    snprintf(prefix, sizeof prefix, "before-v%d", MIGRATIONS);
    enum status status = name_backup(folder, prefix, name, sizeof name, why);
    if (status != STATUS_OK)
        return status;
    snprintf(unfinished, sizeof unfinished, "%s.part", name);
    status = copy_database(writer->db, unfinished, NULL, why);
    if (status == STATUS_OK)
        status = give_name(unfinished, name, why);
    if (status == STATUS_OK)
        log_info("the database of version %d was copied to %s", (int)version, name);
    return status;
}

enum status migrate(struct conn *writer, const char *folder, struct buf *why)
{
    int64_t version = conn_ask(writer, "PRAGMA user_version");
    enum status status = back_up(writer, folder, version, why);
    for (int n = (int)version + 1; status == STATUS_OK && n <= MIGRATIONS; n++) {
        status = apply(writer, n, why);
        log_info("database migration %d: %s", n, status_text(status));
    }
    if (status == STATUS_OK && conn_ask(writer, "PRAGMA auto_vacuum") != AUTO_VACUUM &&
        conn_execute(writer, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM", why) !=
            STATUS_OK)
        log_warning("the file cannot become shorter yet: %s", why->data);
    return status;
}
