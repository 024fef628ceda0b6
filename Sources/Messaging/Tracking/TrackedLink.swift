// SPDX-License-Identifier: Apache-2.0
import Crypto
import Foundation

/// A link of a mail, as its author wrote it.
public struct TrackedLink: Hashable, Sendable {
    /// Its name: the attribute `data-name` or `title`, else the text that is clicked.
    public var name: String
    /// Its target; a template where it is each recipient's own.
    public var url: String

    /// Makes a link.
    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    /// Whether the target differs from recipient to recipient.
    public var isPersonal: Bool { url.contains("{{") }

    /// SHA-256 of name and target, in hexadecimal digits.
    public var digest: String {
        SHA256.hash(data: Data(name.utf8 + [0] + url.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}

/// The links found so far, each once.
struct LinkList {
    private(set) var links: [TrackedLink] = []

    /// The position of a link, which is added where it is new.
    mutating func position(of link: TrackedLink) -> Int {
        if let known = links.firstIndex(of: link) { return known }
        links.append(link)
        return links.count - 1
    }

    /// The position of the first link to a target.
    func position(to url: String) -> Int? { links.firstIndex { $0.url == url } }
}

/// The places in a text that are filled for each recipient.
///
/// A mark is made of characters for private use (Unicode section 23.5) and of digits that
/// nobody can guess, so that no value of a recipient passes for one.
struct TrackingMark: Sendable {
    static let start = "\u{F5A0}"
    static let middle = "\u{F5A1}"
    static let end = "\u{F5A2}"

    /// What nobody can guess.
    let digits: String

    /// The mark of a link; `target` is what is rendered for each recipient, if it is.
    func link(_ position: Int, target: String) -> String {
        opening + String(position) + TrackingMark.middle + target
            + closing
    }

    /// The mark of the pixel.
    var pixel: String { opening + TrackingMark.middle + closing }

    /// How a mark begins.
    var opening: String { TrackingMark.start + digits + "." }

    /// How a mark ends.
    var closing: String { TrackingMark.end + digits }
}
