// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A file that goes with a mail, the same for all recipients.
public struct EmailAttachment: Hashable, Sendable, Codable {
    /// Its name, 1 to 200 characters without path separators.
    public var name: String
    /// Its media type, such as `application/pdf`.
    public var type: String
    /// Its bytes in base64 (RFC 4648 section 4), without line breaks.
    public var content: String

    /// Makes an attachment.
    public init(name: String, type: String, content: String) {
        self.name = name
        self.type = type
        self.content = content
    }

    /// How many bytes all attachments of a mail may have: in base64 they fill three quarters of the
    /// largest mail.
    public static let sizeLimit = 3 * 786_432
}

/// An attachment that was checked.
struct AttachedFile: Hashable, Sendable {
    let name: String
    let type: String
    let subtype: String
    let bytes: [UInt8]

    /// Checks an attachment.
    ///
    /// - Throws: `MessagingError.setting`.
    init(_ attachment: EmailAttachment) throws {
        let isNamed = attachment.name.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "/" && scalar != "\\"
        }
        guard isNamed, (1...200).contains(attachment.name.count) else {
            throw AttachedFile.problem("has a name that is none")
        }
        let parts = attachment.type.lowercased().split(
            separator: "/",
            omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 2, parts.allSatisfy(AttachedFile.isToken),
            !["multipart", "message"].contains(parts[0])
        else { throw AttachedFile.problem("has no media type such as application/pdf") }
        guard let data = Data(base64Encoded: attachment.content) else {
            throw AttachedFile.problem("has a content that is no base64")
        }
        (name, type, subtype, bytes) = (attachment.name, parts[0], parts[1], Array(data))
    }

    /// Checks all attachments of a mail, and their sum.
    ///
    /// - Throws: `MessagingError.setting`.
    static func all(_ attachments: [EmailAttachment]) throws -> [AttachedFile] {
        guard attachments.count <= 20 else { throw problem("is one of more than 20") }
        let files = try attachments.map { try AttachedFile($0) }
        guard files.map(\.bytes.count).reduce(0, +) <= EmailAttachment.sizeLimit else {
            throw problem("makes the mail too large")
        }
        return files
    }

    /// RFC 6838 section 4.2.
    private static func isToken(_ text: String) -> Bool {
        (1...127).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isASCIILetterOrDigit || "!#$&-^_.+".utf8.contains($0) }
    }

    private static func problem(_ words: String) -> MessagingError {
        .setting(name: "attachment", problem: words)
    }
}
