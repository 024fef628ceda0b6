// SPDX-License-Identifier: Apache-2.0
import CGMime
import Common

/// Writes a message whose headers need no encoding and whose parts are readable, byte for byte as
/// GMime does.
///
/// That is most of what is sent. GMime makes, links and drops some thirty objects for a message, which
/// took half of the time of a send.
struct PlainMIME {
    private let message: EmailMessage
    private let text: EncodedText
    private let html: EncodedText?
    private var bytes: [UInt8] = []

    /// Nil for a message that GMime has to write, or to refuse.
    init?(_ message: EmailMessage) {
        let content = message.content
        guard message.headers.isEmpty, content.attachments.isEmpty,
            Self.isPlain(content.subject, name: "Subject"),
            Self.isPlain(content.from, name: "From"), Self.isPlain(message.to, name: "To"),
            content.replyTo.map({ Self.isPlain(Mailbox(address: $0), name: "Reply-To") }) ?? true,
            message.messageID.text.utf8.count < Self.longestLine - "Message-Id: <>".count
        else { return nil }
        text = EncodedText(content.text)
        html = content.html.map { EncodedText($0) }
        guard text.isReadable, html?.isReadable ?? true else { return nil }
        self.message = message
    }

    /// Lines up to here are not folded.
    private static let longestLine = 70

    /// - Throws: ``MessagingError`` for unsubscribe addresses that cannot be used.
    mutating func build() throws -> [UInt8] {
        bytes.reserveCapacity(1_024 + text.bytes.count * 2 + (html?.bytes.count ?? 0) * 2)
        let content = message.content
        add("From", Self.words(of: content.from))
        add("To", Self.words(of: message.to))
        if let replyTo = content.replyTo { add("Reply-To", replyTo.text) }
        add("Subject", content.subject)
        add("Date", MailDate.text(of: message.date))
        add("Message-Id", "<\(message.messageID.text)>")
        for line in try UnsubscribeHeaders.lines(of: message) { add(line.name, line.value) }
        add("MIME-Version", "1.0")
        guard let html else {
            add(text, subtype: "plain")
            if bytes.last != 0x0A { add("\r\n") }
            return bytes
        }
        let boundary = MIMEBody.boundary(for: message.messageID)
        add("Content-Type", "multipart/alternative; boundary=\"\(boundary)\"")
        add("\r\n--\(boundary)\r\n")
        add(text, subtype: "plain")
        add("\r\n--\(boundary)\r\n")
        add(html, subtype: "html")
        add("\r\n--\(boundary)--\r\n")
        return bytes
    }

    private mutating func add(_ name: String, _ value: String) {
        add(name)
        add(": ")
        add(value)
        add("\r\n")
    }

    private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func add(_ part: EncodedText, subtype: String) {
        add("Content-Type", "text/\(subtype); charset=utf-8")
        add("Content-Transfer-Encoding", "quoted-printable")
        add("\r\n")
        part.appendReadable(to: &bytes)
    }

    private static func words(of mailbox: Mailbox) -> String {
        let name = mailbox.name ?? ""
        return name.isEmpty ? mailbox.address.text : "\(name) <\(mailbox.address.text)>"
    }

    /// Whether a mailbox stands in a header as it is: a name of plain words, a domain in small letters.
    private static func isPlain(_ mailbox: Mailbox, name: String) -> Bool {
        let address = mailbox.address.text.utf8
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let isLocal = address[..<at].allSatisfy { $0.isASCIILetterOrDigit || marks.contains($0) }
        let isDomain = address[at...].dropFirst().allSatisfy {
            $0.isASCIILetterOrDigit && !(0x41...0x5A).contains($0) || $0 == 0x2D || $0 == 0x2E
        }
        let words = mailbox.name ?? ""
        let isNamed =
            words.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == 0x20 } && isSpaced(words.utf8)
        return isLocal && isDomain && isNamed
            && name.utf8.count + words.utf8.count + address.count < longestLine
    }

    /// Whether a text stands in a header as it is.
    private static func isPlain(_ text: String, name: String) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && name.utf8.count + bytes.count < longestLine
            && bytes.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
            && isSpaced(bytes)
    }

    /// Whether each space stands between two words.
    private static func isSpaced(_ bytes: String.UTF8View) -> Bool {
        var previous = UInt8(ascii: " ")
        for byte in bytes {
            if byte == UInt8(ascii: " "), previous == byte { return false }
            previous = byte
        }
        return bytes.isEmpty || previous != UInt8(ascii: " ")
    }

    private static let marks = Set("._+-".utf8)
}

/// The moment in Date (RFC 5322, section 3.3).
private enum MailDate {
    static func text(of moment: Instant) -> String {
        let seconds = moment.seconds
        let day = Day(number: (seconds - positive(seconds, 86_400)) / 86_400)
        let (year, month, number) = day.components
        let time = positive(seconds, 86_400)
        let clock = [time / 3_600, time / 60 % 60, time % 60].map(twoDigits).joined(separator: ":")
        return "\(days[day.weekday - 1]), \(twoDigits(Int64(number))) \(months[month - 1]) \(year) "
            + "\(clock) +0000"
    }

    private static func positive(_ number: Int64, _ divisor: Int64) -> Int64 {
        let rest = number % divisor
        return rest < 0 ? rest + divisor : rest
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
