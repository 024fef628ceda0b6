// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation

/// Reads bodies: JSON, or the form of a browser.
enum BodyText {
    static let form = "application/x-www-form-urlencoded"

    /// The attributes of a body.
    ///
    /// - Throws: ``Problem`` 400 for what can't be parsed, 415 for another media type.
    static func attributes(
        of request: APIRequest,
        _ attributes: [ResourceAttribute]
    ) throws -> [String: JSONValue] {
        switch request.mediaType {
        case nil, "application/json": try json(request.body)
        case form: try form(request.body, attributes)
        case .some(let type):
            throw Problem(415, "the body is \(type); use application/json or \(form)")
        }
    }

    /// A JSON object; an empty body is an empty one.
    static func json(_ body: [UInt8]) throws -> [String: JSONValue] {
        guard !body.isEmpty else { return [:] }
        guard !JSONDepth.isTooDeep(body) else {
            throw Problem(400, "the body is nested more than \(JSONDepth.most) levels deep")
        }
        do {
            return try JSONDecoder().decode([String: JSONValue].self, from: Data(body))
        } catch DecodingError.typeMismatch {
            throw Problem(400, "the body must be a JSON object")
        } catch {
            throw Problem(400, "the body is no JSON that can be read")
        }
    }

    private static func form(
        _ body: [UInt8],
        _ attributes: [ResourceAttribute]
    ) throws -> [String: JSONValue] {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw Problem(400, "the body is no UTF-8 text")
        }
        var values: [String: JSONValue] = [:]
        for item in try FormText.items(text) {
            let attribute = attributes.first { $0.name.lowercased() == item.name.lowercased() }
            let value = attribute.map { AttributeText.json(item.value, $0.kind) }
            guard values.updateValue(value ?? .string(item.value), forKey: item.name) == nil else {
                throw Problem(400, "\(item.name) is given twice")
            }
        }
        return values
    }
}
