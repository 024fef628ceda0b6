// SPDX-License-Identifier: Apache-2.0
import Audience

/// An attribute as a body gives it, by the names of the resource.
struct GivenAttribute: Codable {
    var name: String
    var type: String
    var display_name: String?
    var multi_valued: Bool?
    var mandatory: Bool?
    var unique: Bool?
    var role: String?
    var aliases: [String]?
    var min_length: Int?
    var max_length: Int?
    var accepted_values: [String]?

    var attribute: NewAttribute {
        get throws {
            guard let type = AttributeType(rawValue: type) else {
                throw Problem.unacceptable("type", ": \(name) has no type of this name")
            }
            let known = try role.map { role in
                guard let known = AttributeRole(rawValue: role) else {
                    throw Problem.unacceptable("role", ": \(name) has no role of this name")
                }
                return known
            }
            return NewAttribute(
                name,
                type,
                displayName: display_name,
                aliases: aliases ?? [],
                role: known,
                isUnique: unique ?? false,
                isMandatory: mandatory ?? false,
                isMultiValued: multi_valued ?? false,
                restriction: Restriction(
                    minLength: min_length,
                    maxLength: max_length,
                    acceptedValues: accepted_values ?? []
                )
            )
        }
    }
}
