// SPDX-License-Identifier: Apache-2.0
import Mustache

/// The outermost scope of a template: one recipient's values, and the first value found missing.
///
/// Used by one rendering at a time.
final class RecipientScope: MustacheParent, MustacheCustomRenderable {
    private let values: RecipientValues
    private let defaults: [String: String]
    /// The first variable that could not be printed.
    var unresolved: String?

    init(values: RecipientValues, defaults: [String: String]) {
        self.values = values
        self.defaults = defaults
    }

    func child(named name: String) -> Any? {
        let key = VariableKey(rewritten: name)
        switch key.find({ values[$0] }) {
        case .found(let value): return present(value, for: key)
        case .absent, .unknown: return presentAbsence(of: key)
        }
    }

    /// The text of a variable that stands outside of sections.
    func text(of key: VariableKey) -> String {
        switch key.find({ values[$0] }) {
        case .found(let value): return print(value, for: key)
        case .absent, .unknown: return defaults[key.name] ?? fail(key.name)
        }
    }

    /// Printing the outermost scope itself (`{{.}}`) is a mistake of the template.
    var renderText: String { fail(".") }

    var isNull: Bool { false }

    /// What Mustache gets for a value: text for variables; a scope, list or decision for sections.
    func present(_ value: PersonalisationValue, for key: VariableKey) -> Any {
        guard key.isSection else { return print(value, for: key) }
        switch value {
        case .boolean(let boolean): return boolean
        case .list(let elements): return elements.map { InnerScope(value: $0, outermost: self) }
        case .text(let text) where text.isEmpty: return false
        default: return InnerScope(value: value, outermost: self)
        }
    }

    /// What Mustache gets where no value is: the default for variables, false for sections.
    func presentAbsence(of key: VariableKey) -> Any {
        guard !key.isSection else { return false }
        return defaults[key.name] ?? fail(key.name)
    }

    /// Notes that a variable could not be printed.
    func fail(_ name: String) -> String {
        if unresolved == nil { unresolved = name }
        return ""
    }

    private func print(_ value: PersonalisationValue, for key: VariableKey) -> String {
        guard let printed = value.printed else { return fail(key.name) }
        return printed.isEmpty ? defaults[key.name] ?? "" : printed
    }
}

/// The scope inside a section: an element of a list, a record, or the tested value itself.
struct InnerScope: MustacheParent, MustacheCustomRenderable {
    let value: PersonalisationValue
    let outermost: RecipientScope

    func child(named name: String) -> Any? {
        guard case .record(let fields) = value else { return nil }
        let key = VariableKey(rewritten: name)
        switch key.find({ fields[$0] }) {
        case .unknown: return nil
        case .absent: return outermost.presentAbsence(of: key)
        case .found(let value): return outermost.present(value, for: key)
        }
    }

    var renderText: String { value.printed ?? outermost.fail(".") }

    var isNull: Bool { false }
}
