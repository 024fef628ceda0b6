// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation
import Messaging

/// What the built-in outbox keeps: mails and text messages that nobody was sent.
enum OutboxPages {
    private static let path = "/console/outbox"
    private static let most = 100

    static let routes: [Route] = [
        .get("outbox", .manage) { try await .page(list($0)) },
        .get("outbox/:day/:name", .manage) { visit in
            let (day, name) = (visit.parameters["day"] ?? "", visit.parameters["name"] ?? "")
            let outbox = reader(visit)
            let bytes = try await visit.database.blocking { outbox.content(day: day, name: name) }
            guard let bytes else { throw PageError.notFound("message") }
            let isMail = name.hasSuffix(".eml")
            return .file(
                name: name,
                mediaType: isMail ? "message/rfc822" : "application/json",
                .bytes(bytes)
            )
        },
    ]

    private static func reader(_ visit: Visit) -> OutboxReader {
        OutboxReader(folder: visit.services.outbox, workspace: visit.workspace)
    }

    private static func list(_ visit: Visit) async throws -> Page {
        let outbox = reader(visit)
        let wanted = visit.query.text("day")
        let (days, day, found) = try await visit.database.blocking {
            let days = outbox.days()
            let day = days.contains(wanted) ? wanted : days.first ?? ""
            let (items, hasMore) = outbox.items(of: day, limit: most)
            let heads = items.map { item in
                OutboxHead(item, outbox.content(day: item.day, name: item.name) ?? [])
            }
            return (days, day, (heads: heads, hasMore: hasMore))
        }
        var page = Page(
            "Outbox",
            .outbox,
            lead: "Without a relay, messages are kept here as files instead of being sent."
        )
        if days.count > 1 {
            page.parts.append(
                Tabs(
                    "Days, UTC",
                    current: "\(path)?day=\(day)",
                    days.prefix(14).map { ($0, "\(path)?day=\($0)") }
                )
            )
        }
        page.parts.append(Section(nil, [table(found.heads, visit)]))
        if found.hasMore {
            page.parts.append(
                "<p class=\"note\">The last \(most) of this day; the others lie in the folder.</p>"
                    as HTML
            )
        }
        return page
    }

    private static func table(_ heads: [OutboxHead], _ visit: Visit) -> Table {
        Table(
            "Kept messages",
            [
                .init("To", .grow), .init("Subject or text", .grow), .init("Kind"),
                .init("When", .moment), .init("Options", .actions),
            ],
            rows: heads.map { head in
                [
                    HTML(escaping: head.to), HTML(escaping: head.words),
                    HTML(escaping: head.item.isMail ? "E-mail" : "SMS"),
                    HTML(escaping: head.date),
                    """
                    <a class="plain button" href="\(path)/\(head.item.day)/\(Form.encode(head.item.name))">\
                    Download<span class="unseen"> \(head.item.name)</span></a>
                    """,
                ]
            },
            empty: Table.Empty(
                "The outbox is empty",
                "Nothing was sent without a relay. Send a test of a campaign to see one here."
            )
        )
    }
}

/// What a list shows of a kept message.
struct OutboxHead: Sendable {
    let item: OutboxReader.Item
    var to = ""
    var words = ""
    var date = ""

    init(_ item: OutboxReader.Item, _ bytes: [UInt8]) {
        self.item = item
        guard item.isMail else {
            readText(bytes)
            return
        }
        let text = String(decoding: bytes.prefix(16_384), as: UTF8.self)
        var name = ""
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            guard !line.isEmpty else { break }
            let isFolded = line.hasPrefix(" ") || line.hasPrefix("\t")
            let parts = line.split(separator: ":", maxSplits: 1)
            if !isFolded, parts.count == 2 { name = parts[0].lowercased() }
            let value =
                isFolded ? String(line) : String(parts.last ?? "").trimmingPrefix(" ").description
            switch name {
            case "to": to += value
            case "subject": words += value
            case "date": date += value
            default: break
            }
        }
        words = EncodedWords.decode(words)
        to = EncodedWords.decode(to)
    }

    private mutating func readText(_ bytes: [UInt8]) {
        guard
            let value = try? JSONText.decode(
                JSONValue.self,
                from: String(decoding: bytes, as: UTF8.self)
            ), case .object(let fields) = value
        else { return }
        func text(_ name: String) -> String {
            if case .string(let text) = fields[name] { return text }
            return ""
        }
        (to, words, date) = (text("recipient"), text("text"), text("date"))
    }
}

/// Headers in other letters than ASCII (RFC 2047), as people read them.
enum EncodedWords {
    static func decode(_ text: String) -> String {
        let joined = text.replacing(#/\?=\s+=\?/#, with: "?==?")
        return joined.replacing(#/=\?([^?]+)\?([bBqQ])\?([^?]*)\?=/#) { match in
            let isBase64 = match.2.lowercased() == "b"
            let bytes = isBase64 ? base64(match.3) : quoted(match.3)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func base64(_ text: Substring) -> [UInt8] {
        Data(base64Encoded: String(text)).map(Array.init) ?? Array(text.utf8)
    }

    private static func quoted(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Substring(text.replacing("_", with: " ")).utf8
        while let byte = rest.popFirst() {
            let digits = String(Substring(rest.prefix(2)))
            if byte == UInt8(ascii: "="), let code = UInt8(digits, radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
