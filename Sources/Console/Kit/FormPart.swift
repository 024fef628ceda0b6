// SPDX-License-Identifier: Apache-2.0

/// A form.
struct FormPart: Part {
    /// Fields that belong together.
    struct Group: Sendable {
        var legend: String?
        var note: HTML?
        var fields: [Field]

        init(_ fields: [Field]) {
            self.fields = fields
        }

        init(_ legend: String, note: HTML? = nil, _ fields: [Field]) {
            (self.legend, self.note, self.fields) = (legend, note, fields)
        }
    }

    /// Another button of the form.
    struct Other: Sendable {
        var name: String
        var value: String
        var label: String
    }

    var action: String
    var groups: [Group]
    var submit: String
    /// What the main button says besides; nothing unless given.
    var submitName: (name: String, value: String)?
    var cancel: String?
    var problem: String?
    var hidden: [(name: String, value: String)] = []
    var others: [Other] = []
    var extra = HTML.nothing
    var style = "form"
    var isSearch = false
    var isUpload = false

    init(_ action: String, submit: String, cancel: String? = nil, _ groups: Group...) {
        self.init(action, submit: submit, cancel: cancel, groups)
    }

    init(_ action: String, submit: String, cancel: String? = nil, _ groups: [Group]) {
        (self.action, self.submit, self.cancel, self.groups) = (action, submit, cancel, groups)
    }

    /// A form that asks for another page of the same list.
    static func filters(_ action: String, _ fields: [Field]) -> FormPart {
        var form = FormPart(action, submit: "Show", [Group(fields.map { $0.optionalInSearch })])
        (form.isSearch, form.style) = (true, "filters")
        return form
    }

    /// The same form with what is wrong beside its fields; what belongs to none stands above.
    func showing(_ errors: FormErrors) -> FormPart {
        var copy = self
        var left = errors.fields
        for group in copy.groups.indices {
            for field in copy.groups[group].fields.indices {
                let name = copy.groups[group].fields[field].name
                copy.groups[group].fields[field].error = left.removeValue(forKey: name)
            }
        }
        let rest = left.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let words = ([errors.sentence].compactMap { $0 } + rest).joined(separator: " ")
        copy.problem = words.isEmpty ? nil : words
        return copy
    }

    func html(_ view: View) -> HTML {
        Templates.render(FormModel(self, view), "form")
    }
}

/// What is wrong with a form that was sent.
struct FormErrors: Error, Sendable, Hashable {
    /// What is wrong with the whole.
    var sentence: String?
    /// What is wrong by field.
    var fields: [String: String] = [:]

    init(_ sentence: String? = nil, fields: [String: String] = [:]) {
        (self.sentence, self.fields) = (sentence, fields)
    }

    static let none = FormErrors()

    var isEmpty: Bool { sentence == nil && fields.isEmpty }
}

extension Field {
    /// Fields of a search are all optional, and need not say so.
    fileprivate var optionalInSearch: Field {
        var copy = self
        copy.isRequired = true
        return copy
    }
}

private struct FormModel {
    struct GroupModel {
        var legend: String?
        var note: String?
        var fields: [FieldModel]
    }

    struct Hidden {
        var name: String
        var value: String
    }

    var action: String
    var method: String
    var style: String
    var token: String?
    var problem: String?
    var groups: [GroupModel]
    var hidden: [Hidden]
    var others: [FormPart.Other]
    var extra: String
    var submit: String
    var submitStyle: String
    var submitName: Hidden?
    var cancel: String?
    var isUpload: Bool

    init(_ form: FormPart, _ view: View) {
        (action, style, submit, cancel) = (form.action, form.style, form.submit, form.cancel)
        method = form.isSearch ? "get" : "post"
        token = form.isSearch ? nil : view.formToken
        problem = form.problem
        groups = form.groups.map { group in
            var fields = group.fields.map(\.model)
            if form.isSearch { for index in fields.indices { fields[index].isRequired = false } }
            return GroupModel(legend: group.legend, note: group.note?.text, fields: fields)
        }
        hidden = form.hidden.map { Hidden(name: $0.name, value: $0.value) }
        others = form.others
        extra = form.extra.text
        submitStyle = form.isSearch ? "plain" : "primary"
        isUpload = form.isUpload
        submitName = form.submitName.map { Hidden(name: $0.name, value: $0.value) }
    }
}
