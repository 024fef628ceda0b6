// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database

extension Caller {
    /// What narrows messages, sends and what came of them to those of the caller's own messages, for a
    /// role that sees no others (spec/api.md, task, rule 5).
    ///
    /// The listing has a column `author`.
    var ownMessages: [ListingFilter] {
        user.role.allows(.seeAllMessages) ? [] : [.equals("author", .integer(user.id.value))]
    }
}
