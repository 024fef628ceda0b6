// SPDX-License-Identifier: Apache-2.0
import Audience
import Common

/// How attributes of a profile table stand in requests and answers.
enum SubscriberAttribute {
    /// The declaration of an attribute.
    static func declare(_ attribute: Attribute) -> ResourceAttribute {
        let declared = ResourceAttribute(
            attribute.name,
            kind(attribute),
            attribute.displayName + ".",
            example: example(attribute)
        ).orNull.postable.changeable
        let isSingle = !attribute.isMultiValued && attribute.type != .date
        return attribute.isIndexed && isSingle ? declared.filterable : declared
    }

    /// The values of a body as the rooms read them; null empties an attribute.
    ///
    /// - Throws: ``Problem`` 422 for several values of which one holds a comma.
    static func values(_ draft: Draft, of attributes: [Attribute]) throws -> [String: String] {
        var values: [String: String] = [:]
        for attribute in attributes {
            guard let value = draft.values[attribute.name] else { continue }
            values[attribute.name] = try text(value, attribute)
        }
        return values
    }

    private static func kind(_ attribute: Attribute) -> ResourceAttribute.Kind {
        let limit = attribute.restriction.maxLength ?? 255
        let single: ResourceAttribute.Kind =
            switch attribute.type {
            case .string: .text(limit: limit)
            case .text: .text(limit: attribute.restriction.maxLength ?? 1_000_000)
            case .date: .text(limit: 10)
            case .integer: .integer
            case .number: .number
            case .boolean: .boolean
            case .moment: .moment
            }
        return attribute.isMultiValued ? .several(single) : single
    }

    private static func text(_ value: JSONValue, _ attribute: Attribute) throws -> String {
        switch value {
        case .null: ""
        case .boolean(let truth): truth ? "true" : "false"
        case .integer(let number):
            attribute.type == .moment ? Instant(seconds: number).description : String(number)
        case .number(let number):
            attribute.type == .moment
                ? AttributeText.moment(seconds: number)?.description ?? "" : number.description
        case .string(let text): text
        case .array(let values):
            try values.map { try part($0, attribute) }.joined(separator: ",")
        case .object: ""
        }
    }

    private static func part(_ value: JSONValue, _ attribute: Attribute) throws -> String {
        let part = try text(value, attribute)
        guard !part.contains(",") else {
            throw Problem.unacceptable(attribute.name, "must have no comma in its values")
        }
        return part
    }

    private static func example(_ attribute: Attribute) -> JSONValue {
        switch attribute.role {
        case .emailAddress: "ann@example.org"
        case .mobileNumber: "32470123456"
        case .language: "fr"
        case .timeZone: "Europe/Brussels"
        case .identifier: "A-1001"
        default:
            switch attribute.type {
            case .string, .text: attribute.isMultiValued ? ["a", "b"] : "Ann"
            case .integer: attribute.isMultiValued ? [1, 2] : 7
            case .number: 1.5
            case .boolean: true
            case .date: "1990-05-17"
            case .moment: 1_780_000_000
            }
        }
    }
}
