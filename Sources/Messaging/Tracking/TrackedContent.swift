// SPDX-License-Identifier: Apache-2.0

/// A mail's content with a mark at each place that is filled for each recipient, and its links.
///
/// Made once for a send. Links of all languages and parts are collected by name and target; a
/// link that stands in several is one.
public struct TrackedContent: Sendable {
    /// The content to compile.
    public let content: EmailContent
    /// The links in the order in which they were found, languages in the order of their tags.
    public let links: [TrackedLink]
    private let mark: TrackingMark

    /// Finds the links of a content.
    public init(_ content: EmailContent, key: TrackingKey) {
        let variants = content.variants.sorted { $0.key < $1.key }
        let texts = variants.flatMap { [$0.value.html ?? "", $0.value.text ?? ""] }
        let mark = TrackingMark(digits: key.mark(of: texts))
        var list = LinkList()
        var marked = content
        for (language, variant) in variants {
            var variant = variant
            variant.html = variant.html.map { HTMLLinks.mark($0, mark, &list) }
            variant.text = variant.text.map { TextLinkMarker.mark($0, mark, &list) }
            marked.variants[language] = variant
        }
        self.content = marked
        self.mark = mark
        links = list.links
    }

    /// Fills the marks of a mail that was rendered from this content.
    public func fill(_ mail: inout RenderedEmail, with addresses: MailAddresses) {
        var clicks = Clicks(links: links, addresses: addresses)
        mail.html = mail.html.map { fill($0, isHTML: true, &clicks) }
        mail.text = fill(mail.text, isHTML: false, &clicks)
    }

    private func fill(_ text: String, isHTML: Bool, _ clicks: inout Clicks) -> String {
        var filling = MarkFilling(text, mark: mark, isHTML: isHTML)
        return filling.fill(&clicks)
    }
}

/// The addresses of one mail's links; most stand in its HTML and in its text, and are made once.
private struct Clicks {
    let links: [TrackedLink]
    let addresses: MailAddresses
    private var known: [Int: String] = [:]

    init(links: [TrackedLink], addresses: MailAddresses) {
        self.links = links
        self.addresses = addresses
    }

    mutating func address(_ position: Int) -> String {
        if let address = known[position] { return address }
        let address = addresses.click(position) ?? links[position].url
        known[position] = address
        return address
    }
}

/// Reads a rendered text and writes it with its marks filled.
private struct MarkFilling {
    private let source: [UInt8]
    private let opening: [UInt8]
    private let closing: String
    private let isHTML: Bool
    private var position = 0
    private var output: [UInt8] = []

    init(_ text: String, mark: TrackingMark, isHTML: Bool) {
        source = Array(text.utf8)
        opening = Array(mark.opening.utf8)
        closing = mark.closing
        self.isHTML = isHTML
    }

    mutating func fill(_ clicks: inout Clicks) -> String {
        while let start = next() {
            output += source[position..<start]
            position = start + opening.count
            let number = take(upTo: TrackingMark.middle)
            let target = take(upTo: closing)
            output += replacement(number, target, &clicks).utf8
        }
        output += source[position...]
        return String(decoding: output, as: UTF8.self)
    }

    /// Where the next mark starts.
    private func next() -> Int? {
        var from = position
        while let start = source[from...].firstIndex(of: opening[0]) {
            if source[start...].starts(with: opening) { return start }
            from = start + 1
        }
        return nil
    }

    private mutating func take(upTo end: String) -> String {
        let pattern = Array(end.utf8)
        var index = position
        while index < source.count, !source[index...].starts(with: pattern) { index += 1 }
        defer { position = min(index + pattern.count, source.count) }
        return String(decoding: source[position..<index], as: UTF8.self)
    }

    private func replacement(
        _ number: String,
        _ target: String,
        _ clicks: inout Clicks
    ) -> String {
        guard let position = Int(number), clicks.links.indices.contains(position) else {
            return isHTML ? Self.pixel(clicks.addresses.open) : ""
        }
        guard clicks.links[position].isPersonal else { return clicks.address(position) }
        let url = isHTML ? HTMLEntity.decode(target) : target
        guard LinkRule.isWebAddress(url) else { return target }
        return clicks.addresses.click(position, url: url) ?? target
    }

    private static func pixel(_ url: String) -> String {
        "<img src=\"\(url)\" width=\"1\" height=\"1\" alt=\"\" style=\"border:0\">"
    }
}
