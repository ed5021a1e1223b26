#include "storage/repositories/mail_outbox.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr std::size_t error_bytes_max = 500;

constexpr Statement insert = {
    "mail_outbox.insert", "tessera_app",
    "INSERT INTO tessera.mail_outbox (project_id, mail_id, recipient, template, locale, values_sealed, "
    "valid_until) VALUES ($1, $2, $3, $4, $5, $6, $7)"};

// What was never tried goes first: a fresh code does not queue behind what a mail server refused before. By the database's
// clock, the one clock all fronts share. SKIP LOCKED: two fronts at the same instant take two mails.
constexpr Statement lease = {
    "mail_outbox.lease", "tessera_system",
    "UPDATE tessera.mail_outbox m SET attempts = m.attempts + 1, "
    "next_attempt_time = now() + make_interval(secs => $1) "
    "FROM (SELECT project_id, mail_id FROM tessera.mail_outbox "
    "  WHERE sent_time IS NULL AND failed_time IS NULL AND next_attempt_time <= now() "
    "  ORDER BY attempts, next_attempt_time LIMIT 1 FOR UPDATE SKIP LOCKED) due "
    "WHERE m.project_id = due.project_id AND m.mail_id = due.mail_id "
    "RETURNING m.project_id, m.mail_id, m.recipient, m.template, m.locale, m.values_sealed, m.attempts, "
    "(extract(epoch FROM m.create_time) * 1000000)::bigint AS create_us, "
    "(extract(epoch FROM m.valid_until) * 1000000)::bigint AS valid_until_us"};

#define HELD_BY_US                                                                                           \
    " WHERE project_id = $1 AND mail_id = $2 AND attempts = $3 AND sent_time IS NULL AND failed_time IS "    \
    "NULL"

constexpr Statement sent = {
    "mail_outbox.sent", "tessera_system",
    "UPDATE tessera.mail_outbox SET sent_time = now(), values_sealed = NULL, last_error = NULL" HELD_BY_US};
constexpr Statement failed = {
    "mail_outbox.failed", "tessera_system",
    "UPDATE tessera.mail_outbox SET failed_time = now(), values_sealed = NULL, last_error = $4" HELD_BY_US};
constexpr Statement postpone = {
    "mail_outbox.postpone", "tessera_system",
    "UPDATE tessera.mail_outbox SET next_attempt_time = now() + make_interval(secs => $5::float8 / 1000), "
    "last_error = $4" HELD_BY_US};

#undef HELD_BY_US

constexpr Statement waiting = {
    "mail_outbox.waiting", "tessera_system",
    "SELECT count(*), coalesce(greatest(extract(epoch FROM now() - min(next_attempt_time)), 0), 0)::bigint "
    "FROM tessera.mail_outbox WHERE sent_time IS NULL AND failed_time IS NULL"};

// Counting and writing by two transactions at once would let both be the last one.
constexpr Statement lock_quota = {
    "mail_outbox.lock_quota", "tessera_app",
    "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 7236828343))"};
constexpr Statement count_of = {
    "mail_outbox.count_of", "tessera_app",
    "SELECT count(*) FROM tessera.mail_outbox WHERE template = $1 AND failed_time "
    "IS NULL AND create_time > clock_timestamp() - make_interval(secs => $2)"};

DueMail read_due(const pqxx::row& row)
{
    DueMail mail;
    mail.project = ProjectId{parse_row_uuid(row["project_id"])};
    mail.id = MailId{parse_row_uuid(row["mail_id"])};
    mail.recipient = row["recipient"].as<std::string>();
    mail.mail_template = row["template"].as<std::string>();
    mail.locale = row["locale"].as<std::string>();
    if (!row["values_sealed"].is_null()) {
        mail.values_sealed = parse_bytes(row["values_sealed"]);
    }
    mail.create_time = parse_instant(row["create_us"]);
    mail.valid_until = parse_instant(row["valid_until_us"]);
    mail.attempts = row["attempts"].as<int>();
    return mail;
}

// One statement, which decides by its row count whether the lease was still ours.
template <class... Args>
Result<bool, StoreError> finish(Pool& system_pool, const Statement& statement, const DueMail& mail,
                                const Args&... args)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"record what became of a mail"}));
    TRY(auto&& rows, run(transaction, statement, to_string(mail.project.uuid), to_string(mail.id.uuid),
                         mail.attempts, args...));
    TRY(transaction.commit());
    return rows.affected_rows() == 1;
}

// What a mail server says goes into a column: bounded, and no more than printable ASCII.
std::string storable(const std::string& error)
{
    std::string text = error.substr(0, error_bytes_max);
    for (char& c : text) {
        c = c >= ' ' && c <= '~' ? c : '?';
    }
    return text;
}

}  // namespace

const std::vector<Statement>& mail_outbox_statements()
{
    static const std::vector<Statement> all = {insert,   lease,   sent,       failed,
                                               postpone, waiting, lock_quota, count_of};
    return all;
}

Result<void, StoreError> insert_mail(Transaction& transaction, ProjectId project, const NewMail& mail)
{
    TRY(run(transaction, insert, to_string(project.uuid), to_string(mail.id.uuid), mail.recipient,
            mail.mail_template, mail.locale, bytes_literal(ByteView{mail.values_sealed}),
            timestamp(mail.valid_until)));
    return ok();
}

Result<std::optional<DueMail>, StoreError> lease_mail(Pool& system_pool, Seconds lease_for)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"pick a mail that is due"}));
    TRY(auto&& rows, run(transaction, lease, static_cast<std::int64_t>(lease_for.count())));
    TRY(transaction.commit());
    return rows.empty() ? std::nullopt : std::optional{read_due(rows[0])};
}

Result<bool, StoreError> record_mail_sent(Pool& system_pool, const DueMail& mail)
{
    return finish(system_pool, sent, mail);
}

Result<bool, StoreError> record_mail_failed(Pool& system_pool, const DueMail& mail, const std::string& error)
{
    return finish(system_pool, failed, mail, storable(error));
}

Result<bool, StoreError> postpone_mail(Pool& system_pool, const DueMail& mail, Milliseconds by,
                                       const std::string& error)
{
    return finish(system_pool, postpone, mail, storable(error), static_cast<std::int64_t>(by.count()));
}

Result<MailsWaiting, StoreError> count_mails_waiting(Pool& system_pool)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"how much mail waits"}));
    TRY(auto&& rows, run(transaction, waiting));
    return MailsWaiting{rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>()};
}

Result<bool, StoreError> insert_mail_within(Transaction& transaction, ProjectId project, const NewMail& mail,
                                            MailQuota quota)
{
    TRY(run(transaction, lock_quota, to_string(project.uuid), mail.mail_template));
    TRY(auto&& rows,
        run(transaction, count_of, mail.mail_template, static_cast<std::int64_t>(quota.window.count())));
    if (rows[0][0].as<std::int64_t>() >= quota.count) {
        return false;
    }
    TRY(insert_mail(transaction, project, mail));
    return true;
}

}  // namespace tessera::storage
