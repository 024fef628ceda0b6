// SPDX-License-Identifier: Apache-2.0

/// Where a recipient's values come from: parameters of the send first, then profile attributes.
public struct RecipientValues: Sendable {
    /// Values given for this recipient and this send; they win over attributes.
    public var parameters: [String: PersonalisationValue]
    /// Looks up a profile attribute by technical name; nil when it has no value.
    public var attribute: @Sendable (String) -> PersonalisationValue?

    /// Makes values with a lookup, for callers that hold attributes in a row of their own.
    public init(
        parameters: [String: PersonalisationValue] = [:],
        attribute: @escaping @Sendable (String) -> PersonalisationValue?
    ) {
        self.parameters = parameters
        self.attribute = attribute
    }

    /// Makes values from two dictionaries.
    public init(
        parameters: [String: PersonalisationValue] = [:],
        attributes: [String: PersonalisationValue] = [:]
    ) {
        self.init(parameters: parameters) { attributes[$0] }
    }

    subscript(name: String) -> PersonalisationValue? {
        parameters[name] ?? attribute(name)
    }
}
