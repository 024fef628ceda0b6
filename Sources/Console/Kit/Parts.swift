// SPDX-License-Identifier: Apache-2.0

/// What is known of one thing: names and values.
struct Facts: Part {
    var items: [(label: String, value: HTML)]

    init(_ items: [(label: String, value: HTML)]) {
        self.items = items
    }

    func html(_ view: View) -> HTML {
        Templates.render(
            Model(items: items.map { Item(label: $0.label, value: $0.value.text) }),
            "facts"
        )
    }

    private struct Model {
        var items: [Item]
    }

    private struct Item {
        var label: String
        var value: String
    }
}

/// A part of a page with a heading of its own.
struct Section: Part {
    var title: String?
    var note: String?
    var anchor: String?
    var style = ""
    var side: [any Part] = []
    var parts: [any Part]

    init(_ title: String?, note: String? = nil, _ parts: [any Part]) {
        (self.title, self.note, self.parts) = (title, note, parts)
    }

    /// The same section, with buttons beside its heading.
    func beside(_ side: any Part...) -> Section {
        var copy = self
        copy.side = side
        return copy
    }

    /// The same section with a name that links can lead to.
    func anchored(_ name: String) -> Section {
        var copy = self
        copy.anchor = name
        return copy
    }

    func html(_ view: View) -> HTML {
        let model = Model(
            title: title,
            note: note,
            anchor: anchor,
            style: style,
            side: side.isEmpty
                ? ""
                : ("<div class=\"actions\">\(side.map { $0.html(view) }.joined())</div>" as HTML)
                    .text,
            content: parts.map { $0.html(view) }.joined().text
        )
        return Templates.render(model, "section")
    }

    private struct Model {
        var title: String?
        var note: String?
        var anchor: String?
        var style: String
        var side: String
        var content: String
    }
}

/// Figures side by side, each leading to the list behind it.
struct Tiles: Part {
    /// A figure.
    struct Item: Sendable {
        var figure: String
        var label: String
        var note: String?
        var href: String?
        /// `good`, `bad`, `busy` or nothing.
        var style = ""

        init(
            _ figure: String,
            _ label: String,
            note: String? = nil,
            href: String? = nil,
            style: String = ""
        ) {
            (self.figure, self.label, self.note) = (figure, label, note)
            (self.href, self.style) = (href, style)
        }
    }

    var items: [Item]

    init(_ items: [Item]) {
        self.items = items
    }

    func html(_ view: View) -> HTML { Templates.render(self, "tiles") }
}

/// A sentence that must not be overlooked.
struct Notice: Part {
    /// How it looks.
    enum Style: String, Sendable {
        case good
        case note
        case warning
        case bad
    }

    var style: Style
    var content: HTML

    init(_ style: Style, _ content: HTML) {
        (self.style, self.content) = (style, content)
    }

    func html(_ view: View) -> HTML {
        Templates.render(Model(style: style.rawValue, role: nil, content: content.text), "notice")
    }

    private struct Model {
        var style: String
        var role: String?
        var content: String
    }
}

/// Pages of one thing.
struct Tabs: Part {
    struct Item: Sendable {
        var label: String
        var href: String
        var isCurrent: Bool
    }

    var label: String
    var items: [Item]

    init(_ label: String, current: String, _ items: [(label: String, href: String)]) {
        self.label = label
        self.items = items.map {
            Item(label: $0.label, href: $0.href, isCurrent: $0.href == current)
        }
    }

    func html(_ view: View) -> HTML { Templates.render(self, "tabs") }
}

/// The steps of a wizard: where one is, and what comes.
struct WizardSteps: Part {
    struct Item: Sendable {
        var number: Int
        var label: String
        var href: String?
        var isCurrent: Bool
        var style: String
    }

    var items: [Item]

    /// - Parameters:
    ///   - names: The steps in order.
    ///   - current: The present step, from 1.
    ///   - href: Where a step that is reachable is.
    init(_ names: [String], current: Int, href: (Int) -> String? = { _ in nil }) {
        items = names.enumerated().map { index, name in
            Item(
                number: index + 1,
                label: name,
                href: index + 1 == current ? nil : href(index + 1),
                isCurrent: index + 1 == current,
                style: index + 1 < current ? "done" : index + 1 == current ? "now" : ""
            )
        }
    }

    func html(_ view: View) -> HTML { Templates.render(self, "wizard") }
}

/// A part of a page that keeps itself up to date.
struct Live: Part {
    /// Where its present state comes from, as events; nil when it changes no more.
    var address: String?
    var part: any Part
    /// Whether the page stays as it is when the part changes no more.
    var stays = false

    init(_ address: String?, stays: Bool = false, _ part: any Part) {
        (self.address, self.part, self.stays) = (address, part, stays)
    }

    func html(_ view: View) -> HTML {
        guard let address else { return part.html(view) }
        let word: HTML = stays ? " data-stays" : ""
        return "<div data-live=\"\(address)\"\(word)>\(part.html(view))</div>"
    }
}

/// How a thing stands: a word with a colour and a shape.
enum Badge {
    static func status(_ word: String, _ label: String? = nil) -> HTML {
        "<span class=\"badge \(word)\">\(label ?? word.capitalisedFirst)</span>"
    }
}

/// A link within a sentence or a cell.
func link(_ text: String, _ href: String) -> HTML { "<a href=\"\(href)\">\(text)</a>" }
