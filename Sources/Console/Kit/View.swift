// SPDX-License-Identifier: Apache-2.0
import Common

/// What a page is shown with: whose it is, and how times are written.
struct View: Sendable {
    /// What forms prove that they are ours with.
    var formToken: String
    /// The zone in which times are shown.
    var zone: Zone
    /// The moment of the request.
    var now: Instant

    /// A moment with its zone, such as `30 Nov 2026, 14:41 UTC`.
    func time(_ moment: Instant?) -> HTML {
        guard let moment else { return "<span class=\"none\">–</span>" }
        return
            "<time datetime=\"\(moment.description)\">\(TimeText.moment(moment, in: zone))</time>"
    }
}

/// A piece of a page.
protocol Part: Sendable {
    /// The piece's markup.
    func html(_ view: View) -> HTML
}

extension HTML: Part {
    func html(_ view: View) -> HTML { self }
}

/// Pieces side by side where there is room.
struct Columns: Part {
    var parts: [any Part]

    init(_ parts: any Part...) {
        self.parts = parts
    }

    func html(_ view: View) -> HTML {
        "<div class=\"columns\">\(parts.map { part in "<div>\(part.html(view))</div>" as HTML }.joined())</div>"
    }
}
