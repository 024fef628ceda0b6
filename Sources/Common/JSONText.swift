// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Values as JSON text with sorted keys, so that equal values give equal text.
public enum JSONText {
    /// Encodes a value.
    ///
    /// - Throws: `EncodingError` when the value has no JSON form, such as a NaN.
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Decodes a value.
    ///
    /// - Throws: `DecodingError` when the text does not fit the type.
    public static func decode<Value: Decodable>(
        _ type: Value.Type,
        from text: String
    ) throws
        -> Value
    {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
