// SPDX-License-Identifier: Apache-2.0
public import Common
import Crypto
import Foundation

/// Signs mails for a domain: relaxed/relaxed, SHA-256 (RFC 6376, RFC 8463).
public struct DKIMSigner: Sendable {
    private let domain: String
    private let selector: String
    private let key: DKIMKey

    /// Makes a signer.
    ///
    /// - Parameters:
    ///   - domain: The domain that answers for the mail: that of From, or one above it.
    ///   - selector: Which of its keys.
    ///   - key: The key.
    public init(domain: String, selector: String, key: DKIMKey) {
        self.domain = domain
        self.selector = selector
        self.key = key
    }

    /// The headers that are signed where they are there; From once more than it stands, so that none
    /// can be added (RFC 6376 section 8.15).
    static let signed = [
        "from", "from", "to", "subject", "date", "message-id", "reply-to", "mime-version",
        "content-type", "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post",
    ]

    /// Signs a message by several keys, each beside the others.
    ///
    /// - Parameters:
    ///   - message: The built message.
    ///   - signers: Who signs; nobody leaves it as it is.
    ///   - moment: When it is signed.
    /// - Returns: The message with a DKIM-Signature header for each.
    /// - Throws: `MessagingError.generation` when the library cannot sign.
    public static func sign(
        _ message: [UInt8],
        by signers: [DKIMSigner],
        at moment: Instant
    ) throws -> [UInt8] {
        guard !signers.isEmpty else { return message }
        let (fields, body) = DKIMCanonical.split(message)
        let hash = Data(SHA256.hash(data: DKIMCanonical.body(body))).base64EncodedString()
        let headers = try signers.flatMap { try $0.header(fields, bodyHash: hash, moment) }
        return headers + message
    }

    private func header(
        _ fields: [DKIMCanonical.Field],
        bodyHash: String,
        _ moment: Instant
    ) throws -> [UInt8] {
        let names = names(in: fields)
        let unsigned = """
             v=1; a=\(key.algorithm.tag); c=relaxed/relaxed; d=\(domain);\r
            \ts=\(selector); t=\(moment.seconds);\r
            \th=\(names.joined(separator: ":\r\n\t "));\r
            \tbh=\(bodyHash);\r
            \tb=
            """
        var text: [UInt8] = []
        var rest = fields[...]
        for name in names {
            guard let index = rest.lastIndex(where: { $0.name == name }) else { continue }
            text += DKIMCanonical.header(name, rest[index].value) + [0x0D, 0x0A]
            rest.remove(at: index)
        }
        text += DKIMCanonical.header("dkim-signature", unsigned.utf8)
        let signature: [UInt8]
        do { signature = try key.sign(text) } catch {
            throw MessagingError.generation(problem: "its signature could not be made")
        }
        let folded = DKIMSigner.folded(Data(signature).base64EncodedString())
        return Array("DKIM-Signature:\(unsigned)\(folded)\r\n".utf8)
    }

    private func names(in fields: [DKIMCanonical.Field]) -> [String] {
        let present = Set(fields.map(\.name))
        return DKIMSigner.signed.filter(present.contains)
    }

    private static func folded(_ text: String) -> String {
        var lines: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(70))
            rest = rest.dropFirst(70)
        }
        return lines.joined(separator: "\r\n\t ")
    }
}
