// SPDX-License-Identifier: Apache-2.0

/// Finds out from codes and words why a mail came back.
///
/// Pure. The enhanced code counts (RFC 3463); one that says nothing (`5.0.0`) gives way to the code in
/// the other server's words, and these to what the words say.
enum BounceWords {
    /// The status of a report's fields.
    static func status(code text: String?, _ diagnostic: String) -> BounceStatus {
        let given = text.flatMap(code)
        if let given, given.subject != 0 { return BounceStatus(given) }
        if let status = status(in: diagnostic) { return status }
        return given.map { BounceStatus($0) } ?? .otherHardBounce
    }

    /// The status that words tell; nil when they tell none.
    static func status(in text: String) -> BounceStatus? {
        let codes = text.matches(of: #/(?:^|[^0-9.])([245]\.\d{1,3}\.\d{1,3})(?:[^0-9.]|$)/#)
            .compactMap { EnhancedStatusCode($0.1) }
        if let code = codes.first(where: { $0.subject != 0 && $0.statusClass != 2 }) {
            return BounceStatus(code)
        }
        let words = text.lowercased()
        if let hint = hints.first(where: { hint in hint.words.contains { words.contains($0) } }) {
            return hint.status
        }
        if let code = codes.first(where: { $0.statusClass != 2 }) { return BounceStatus(code) }
        guard let reply = text.firstMatch(of: #/(?:^|[^0-9])([45])\d\d[ -]/#) else { return nil }
        return reply.1 == "5" ? .otherHardBounce : .otherSoftBounce
    }

    /// The code at the beginning of a field.
    static func code(_ text: String) -> EnhancedStatusCode? { EnhancedStatusCode(beginning: text) }

    /// The line that tells the reason, shortened.
    static func line(in text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline)
        let found = lines.first { status(in: String($0)) != nil } ?? lines.first ?? ""
        return String(found.trimmingPrefix(while: \.isWhitespace).prefix(500))
    }

    private static let hints: [(status: BounceStatus, words: [String])] = [
        (
            .quotaExceeded,
            [
                "quota", "mailbox full", "mailbox is full", "over its size limit",
                "insufficient storage", "exceeded storage",
            ]
        ),
        (
            .unknownDomain,
            [
                "host unknown", "domain not found", "host not found", "no such domain",
                "unknown domain", "unrouteable address", "name service error", "nxdomain",
                "domain does not exist",
            ]
        ),
        (
            .unknownUser,
            [
                "user unknown", "unknown user", "no such user", "no such recipient",
                "unknown recipient", "recipient unknown", "no mailbox", "no such mailbox",
                "does not exist", "doesn't have", "invalid recipient", "not our customer",
                "recipient not found", "user not found", "address rejected", "mailbox unavailable",
            ]
        ),
    ]
}
