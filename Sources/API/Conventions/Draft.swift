// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation

/// The attributes of a POST or PUT body, each of the kind that was declared.
struct Draft: Sendable {
    private(set) var values: [String: JSONValue]

    /// Whether the body has an attribute, null included.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// Whether the body sets an attribute to null.
    func isNull(_ name: String) -> Bool { values[name] == .null }

    /// A whole number; nil when absent or null.
    func integer(_ name: String) -> Int64? {
        guard case .integer(let value)? = values[name] else { return nil }
        return value
    }

    /// A number; nil when absent or null.
    func number(_ name: String) -> Double? {
        switch values[name] {
        case .integer(let value)?: Double(value)
        case .number(let value)?: value
        default: nil
        }
    }

    /// A truth value; nil when absent or null.
    func boolean(_ name: String) -> Bool? {
        guard case .boolean(let value)? = values[name] else { return nil }
        return value
    }

    /// A text; nil when absent or null.
    func text(_ name: String) -> String? {
        guard case .string(let value)? = values[name] else { return nil }
        return value
    }

    /// A point in time; nil when absent or null.
    func moment(_ name: String) -> Instant? { number(name).flatMap(AttributeText.moment) }

    /// An object or array as a type of the rooms reads it; nil when absent or null.
    ///
    /// - Throws: ``Problem`` 422 naming the attribute and the place inside it.
    func structure<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value? {
        guard let value = values[name], value != .null else { return nil }
        do {
            return try JSONText.decode(type, from: try JSONText.encode(value))
        } catch let error as DecodingError {
            throw Problem.unacceptable(name, error.sentence)
        }
    }
}

extension Draft {
    /// Checks a body against the declaration of a resource.
    ///
    /// - Parameters:
    ///   - values: The body.
    ///   - attributes: What is declared.
    ///   - presence: What the method allows of an attribute.
    /// - Throws: ``Problem`` 422 with all that is wrong by attribute.
    init(
        _ values: [String: JSONValue],
        _ attributes: [ResourceAttribute],
        _ presence: (ResourceAttribute) -> ResourceAttribute.Presence
    ) throws {
        var details: [String: String] = [:]
        var kept: [String: JSONValue] = [:]
        for (given, value) in values {
            let name = given.lowercased()
            guard let attribute = attributes.first(where: { $0.name.lowercased() == name }) else {
                details[given] = "is no attribute of the resource"
                continue
            }
            if presence(attribute) == .forbidden {
                details[attribute.name] = "cannot be given here"
            } else if kept.updateValue(value, forKey: attribute.name) != nil {
                details[attribute.name] = "is given twice"
            } else if let sentence = DraftRule.refusal(of: value, attribute) {
                details[attribute.name] = sentence
            }
        }
        for attribute in attributes
        where presence(attribute) == .required && kept[attribute.name] == nil {
            details[attribute.name, default: "is required"] += ""
        }
        guard details.isEmpty else { throw Problem.unacceptable(details) }
        self.values = kept
    }
}

/// Whether a value fits its attribute.
///
/// Pure.
enum DraftRule {
    /// Why it does not, to be read behind the attribute's name; nil when it fits.
    static func refusal(of value: JSONValue, _ attribute: ResourceAttribute) -> String? {
        if value == .null { return attribute.isNullable ? nil : "cannot be null" }
        return fits(value, attribute.kind) ? nil : "must be \(AttributeText.name(attribute.kind))"
    }

    private static func fits(_ value: JSONValue, _ kind: ResourceAttribute.Kind) -> Bool {
        switch (kind, value) {
        case (.integer, .integer), (.number, .integer), (.number, .number), (.boolean, .boolean),
            (.structure, .object), (.structure, .array):
            true
        case (.text(let limit), .string(let text)):
            text.count <= limit && !text.utf8.contains(0)
        case (.choice(let words), .string(let text)): words.contains(text)
        case (.moment, .integer(let seconds)):
            AttributeText.moment(seconds: Double(seconds)) != nil
        case (.moment, .number(let seconds)): AttributeText.moment(seconds: seconds) != nil
        case (.several(let kind), .array(let values)): values.allSatisfy { fits($0, kind) }
        default: false
        }
    }
}

extension DecodingError {
    /// What is wrong and where, to be read behind the attribute's name.
    var sentence: String {
        switch self {
        case .keyNotFound(let key, let context):
            "has no \(key.stringValue)\(place(context.codingPath))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "has a value of another type\(place(context.codingPath))"
        case .dataCorrupted(let context):
            "has a value that is not acceptable\(place(context.codingPath))"
        @unknown default: "has another form"
        }
    }

    private func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "" }
        let names = path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }
        return " at " + names.joined(separator: ".").replacing(".[", with: "[")
    }
}
