// SPDX-License-Identifier: Apache-2.0

/// A button that changes something at once, or after a question that names the consequences.
struct Button: Part {
    var label: String
    var action: String
    var style: String
    var question: String?
    var submit: String
    var hidden: [(name: String, value: String)]

    /// Makes a button.
    ///
    /// - Parameters:
    ///   - label: What it does.
    ///   - action: Where it goes to.
    ///   - style: `primary`, `plain` or `danger`.
    ///   - question: What is asked first, with the consequences; nothing unless given.
    ///   - submit: The words of the answer; those of the label unless given.
    ///   - hidden: Values that go with it.
    init(
        _ label: String,
        _ action: String,
        _ style: String = "plain",
        asking question: String? = nil,
        submit: String? = nil,
        hidden: [(name: String, value: String)] = []
    ) {
        (self.label, self.action, self.style) = (label, action, style)
        (self.question, self.submit, self.hidden) = (question, submit ?? label, hidden)
    }

    func html(_ view: View) -> HTML {
        let model = Model(
            label: label,
            action: action,
            style: style,
            question: question,
            submit: submit,
            submitStyle: style,
            token: view.formToken,
            hidden: hidden.map { Model.Hidden(name: $0.name, value: $0.value) }
        )
        return Templates.render(model, "button")
    }

    private struct Model {
        struct Hidden {
            var name: String
            var value: String
        }

        var label: String
        var action: String
        var style: String
        var question: String?
        var submit: String
        var submitStyle: String
        var token: String
        var hidden: [Hidden]
    }
}

/// A link that looks like a button.
struct LinkButton: Part {
    var label: String
    var href: String
    var style: String

    init(_ label: String, _ href: String, _ style: String = "plain") {
        (self.label, self.href, self.style) = (label, href, style)
    }

    func html(_ view: View) -> HTML {
        "<a class=\"\(style) button\" href=\"\(href)\">\(label)</a>"
    }
}
