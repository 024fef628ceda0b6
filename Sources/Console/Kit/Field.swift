// SPDX-License-Identifier: Apache-2.0

/// One field of a form, with its hint before it and its error beside it.
struct Field: Sendable {
    /// How a value is entered.
    enum Kind: Sendable {
        /// One line; the type of an input, such as `text` or `time`.
        case input(String)
        /// Several lines.
        case area(rows: Int, isCode: Bool)
        /// One of several, in a list that opens.
        case select
        /// One of several, all in sight.
        case radio
        /// Some of several.
        case checks
        /// Yes or no.
        case check
    }

    /// What can be chosen.
    struct Option: Sendable {
        var value: String
        var label: String
        var note: String?

        init(_ value: String, _ label: String? = nil, note: String? = nil) {
            self.value = value
            self.label = label ?? value
            self.note = note
        }
    }

    var kind: Kind
    var name: String
    var label: String
    var value = ""
    var chosen: Set<String> = []
    var options: [Option] = []
    var hint: HTML?
    var error: String?
    var isRequired = true
    var autocomplete: String?
    var accept: String?
    /// `narrow`, `half`, `wide` or nothing.
    var width = ""

    static func text(
        _ name: String,
        _ label: String,
        _ value: String?,
        _ type: String = "text"
    )
        -> Field
    {
        Field(kind: .input(type), name: name, label: label, value: value ?? "")
    }

    static func area(_ name: String, _ label: String, _ value: String?, rows: Int = 6) -> Field {
        var field = Field(kind: .area(rows: rows, isCode: false), name: name, label: label)
        (field.value, field.width) = (value ?? "", "wide")
        return field
    }

    static func select(
        _ name: String,
        _ label: String,
        _ value: String?,
        _ options: [Option]
    )
        -> Field
    {
        Field(kind: .select, name: name, label: label, value: value ?? "", options: options)
    }

    static func radio(
        _ name: String,
        _ label: String,
        _ value: String?,
        _ options: [Option]
    )
        -> Field
    {
        var field = Field(kind: .radio, name: name, label: label, options: options)
        (field.chosen, field.width) = (value.map { [$0] } ?? [], "wide")
        return field
    }

    static func checks(
        _ name: String,
        _ label: String,
        _ chosen: Set<String>,
        _ options: [Option]
    )
        -> Field
    {
        var field = Field(kind: .checks, name: name, label: label, options: options)
        (field.chosen, field.width) = (chosen, "wide")
        return field
    }

    static func check(_ name: String, _ label: String, _ isOn: Bool) -> Field {
        var field = Field(kind: .check, name: name, label: label, value: isOn ? "yes" : "")
        field.width = "wide"
        return field
    }

    func hinted(_ hint: HTML) -> Field { with { $0.hint = hint } }
    var optional: Field { with { $0.isRequired = false } }
    func sized(_ width: String) -> Field { with { $0.width = width } }
    func completing(_ word: String) -> Field { with { $0.autocomplete = word } }
    func accepting(_ types: String) -> Field { with { $0.accept = types } }

    private func with(_ change: (inout Field) -> Void) -> Field {
        var copy = self
        change(&copy)
        return copy
    }

    /// The field as its template takes it.
    var model: FieldModel { FieldModel(self) }
}

/// A field as its template takes it.
struct FieldModel {
    struct OptionModel {
        var value: String
        var label: String
        var note: String?
        var isChosen: Bool
        var kind: String
        var field: String
    }

    var id: String
    var name: String
    var label: String
    var value: String
    var hasValue: Bool
    var width: String
    var kind = "text"
    var hint: String?
    var error: String?
    var describedBy: String?
    var autocomplete: String?
    var accept: String?
    var list: String?
    var rows = 6
    var isRequired: Bool
    var isOptional: Bool
    var isGroup = false
    var isCheck = false
    var isPlain = false
    var isInput = false
    var isArea = false
    var isCode = false
    var isSelect = false
    var isOn = false
    var options: [OptionModel] = []

    init(_ field: Field) {
        id = "f-\(field.name)"
        (name, label, value, width) = (field.name, field.label, field.value, field.width)
        (hint, error) = (field.hint?.text, field.error)
        (autocomplete, accept) = (field.autocomplete, field.accept)
        isRequired = field.isRequired
        isOptional = !field.isRequired
        hasValue = !field.value.isEmpty
        let parts = [hint.map { _ in "\(id)-hint" }, error.map { _ in "\(id)-error" }]
            .compactMap { $0 }
        describedBy = parts.isEmpty ? nil : parts.joined(separator: " ")
        take(field)
    }

    private mutating func take(_ field: Field) {
        switch field.kind {
        case .input(let type):
            (kind, isPlain, isInput) = (type, true, true)
            if type == "password" || type == "file" { hasValue = false }
        case .area(let rows, let isCode):
            (self.rows, self.isCode, isPlain, isArea) = (rows, isCode, true, true)
        case .select:
            (isPlain, isSelect, isOptional) = (true, true, false)
            options = choices(field, "option", [field.value])
        case .radio: (isGroup, options) = (true, choices(field, "radio", field.chosen))
        case .checks: (isGroup, options) = (true, choices(field, "checkbox", field.chosen))
        case .check: (isCheck, isOn) = (true, field.value == "yes")
        }
    }

    private func choices(_ field: Field, _ kind: String, _ chosen: Set<String>) -> [OptionModel] {
        field.options.map { option in
            OptionModel(
                value: option.value,
                label: option.label,
                note: option.note,
                isChosen: chosen.contains(option.value),
                kind: kind,
                field: field.name
            )
        }
    }
}
