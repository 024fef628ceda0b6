// SPDX-License-Identifier: Apache-2.0

/// Reads the mails of a mailbox, each until it was dealt with.
public protocol MailboxReader: Sendable {
    /// The names of mails that were not dealt with, oldest first.
    ///
    /// - Throws: ``MailboxError``.
    func waiting(atMost limit: Int) async throws -> [String]

    /// A mail; nil when someone else took it, or it has more bytes than the limit.
    ///
    /// - Throws: ``MailboxError``.
    func read(_ name: String, upTo limit: Int) async throws -> [UInt8]?

    /// Deals with mails: they are removed, or kept where they do not wait any more.
    ///
    /// - Throws: ``MailboxError``.
    func finish(_ names: [String], keeping isKept: Bool) async throws

    /// Makes what was dealt with lasting.
    ///
    /// - Throws: ``MailboxError``.
    func close() async throws
}

/// Why a mailbox could not be read, in words without secrets.
public struct MailboxError: Error, Sendable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    /// Says why.
    init(_ description: String) {
        self.description = description
    }
}
