// Mail to be sent. A row is written in the transaction that decided it, so that the decision and the mail are one commit.
//
// What a mail says is there only as an envelope of keyd's Seal, and is emptied when the mail is sent or given up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct NewMail {
    MailId id;
    std::string recipient;  // 3 to 254 characters
    std::string mail_template;
    std::string locale;
    Bytes values_sealed;
    Instant valid_until;  // not sent after it
};

// Realm scope. Wakes every front's sender when the transaction commits.
Result<void, StoreError> insert_mail(Transaction& transaction, ProjectId project, const NewMail& mail);

// A mail someone holds the lease of.
struct DueMail {
    ProjectId project;
    MailId id;
    std::string recipient;
    std::string mail_template;
    std::string locale;
    Bytes values_sealed;
    Instant create_time;
    Instant valid_until;
    int attempts = 1;  // this one included: whoever leased it later has another number
};

// System scope of its own. Of the mails that are due the one tried least often, then the one due longest, which nobody else gets before `lease` is over; nothing when none is due.
Result<std::optional<DueMail>, StoreError> lease_mail(Pool& system_pool, Seconds lease);

// What became of it. Each answers false, and changes nothing, when somebody else has leased the mail meanwhile.
Result<bool, StoreError> record_mail_sent(Pool& system_pool, const DueMail& mail);
Result<bool, StoreError> record_mail_failed(Pool& system_pool, const DueMail& mail, const std::string& error);
Result<bool, StoreError> postpone_mail(Pool& system_pool, const DueMail& mail, Milliseconds by,
                                       const std::string& error);

// What waits, and for how long the longest of it has been due.
struct MailsWaiting {
    std::int64_t count = 0;
    std::int64_t overdue_s = 0;
};
Result<MailsWaiting, StoreError> count_mails_waiting(Pool& system_pool);

// At most `count` mails of one template within `window`; mails that were given up leave the count.
struct MailQuota {
    std::int64_t count = 0;
    Seconds window{86400};
};
// Realm scope. False, and nothing written, when the realm has used up its quota. Exact under any concurrency: writers of one
// template of one realm wait for each other's transactions.
Result<bool, StoreError> insert_mail_within(Transaction& transaction, ProjectId project, const NewMail& mail,
                                            MailQuota quota);

}  // namespace tessera::storage
