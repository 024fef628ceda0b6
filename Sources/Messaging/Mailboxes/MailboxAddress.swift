// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where a mailbox is: `maildir:/PATH`, or `imaps://USER@HOST[:PORT]/NAME`.
///
/// `imap://` is IMAP with STARTTLS, which is required. Without a name it is `INBOX`. A password stands
/// beside it, never in it.
public enum MailboxAddress: Sendable, Hashable, CustomStringConvertible {
    /// A folder of this machine.
    case maildir(String)
    /// A mailbox of an IMAP server.
    case imap(IMAPOptions)

    /// Reads an address; nil for what is none.
    public init?(_ text: String) {
        guard text.utf8.count <= 1_000, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return nil
        }
        if text.hasPrefix("maildir:/") {
            self = .maildir(String(text.dropFirst(8)))
            return
        }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["imap", "imaps"].contains(scheme), let host = parts.host, !host.isEmpty,
            let user = parts.user, !user.isEmpty, parts.password == nil, parts.query == nil,
            parts.fragment == nil
        else { return nil }
        let name = parts.path.drop { $0 == "/" }
        guard !name.contains("/"), !name.contains(";") else { return nil }
        self = .imap(
            IMAPOptions(
                host: host,
                port: parts.port ?? (scheme == "imaps" ? 993 : 143),
                isTLS: scheme == "imaps",
                user: user,
                mailbox: name.isEmpty ? "INBOX" : String(name)
            )
        )
    }

    /// The address without a password.
    public var description: String {
        switch self {
        case .maildir(let path): "maildir:\(path)"
        case .imap(let options): options.address
        }
    }

    /// What reads it.
    ///
    /// - Parameters:
    ///   - password: Of the user.
    ///   - trustFile: A file of trusted certificates in PEM; the system's unless given.
    /// - Returns: The reader.
    /// - Throws: ``MailboxError``.
    public func reader(password: String?, trustFile: String? = nil) throws -> any MailboxReader {
        switch self {
        case .maildir(let path): return Maildir(folder: path)
        case .imap(let options):
            return try IMAPMailbox(options, password: password ?? "", trustFile: trustFile)
        }
    }
}

/// How an IMAP mailbox is reached.
public struct IMAPOptions: Sendable, Hashable {
    /// The server.
    public var host: String
    /// Its port.
    public var port: Int
    /// Whether it speaks TLS from the first byte; STARTTLS otherwise.
    public var isTLS: Bool
    /// The user.
    public var user: String
    /// The mailbox's name.
    public var mailbox: String

    /// The address, with its user.
    var address: String {
        let usual = isTLS ? 993 : 143
        let place = port == usual ? host : "\(host):\(port)"
        return "\(isTLS ? "imaps" : "imap")://\(user)@\(place)/\(name)"
    }

    /// The address for libcurl.
    var url: String { "\(isTLS ? "imaps" : "imap")://\(host):\(port)/\(name)" }

    /// The mailbox's name as it stands in an address.
    private var name: String {
        mailbox.utf8.map { byte in
            byte.isASCIILetterOrDigit || "-_.".utf8.contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
