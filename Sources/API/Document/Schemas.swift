// SPDX-License-Identifier: Apache-2.0
import Common

/// JSON Schemas of what stands in bodies and answers (OpenAPI 3.1, 4.8.24).
enum Schemas {
    /// The schema of a value of a kind.
    static func of(_ kind: ResourceAttribute.Kind, isNullable: Bool = false) -> JSONValue {
        var fields = plain(kind)
        if isNullable {
            if case .string(let type)? = fields["type"] {
                fields["type"] = [.string(type), "null"]
            }
            if case .array(let words)? = fields["enum"] { fields["enum"] = .array(words + [nil]) }
        }
        return .object(fields)
    }

    /// The object of an answer or a body, with its keys.
    static func object(
        _ attributes: [ResourceAttribute],
        required: (ResourceAttribute) -> Bool
    ) -> JSONValue {
        let properties = attributes.map { attribute in
            (attribute.name, described(attribute))
        }
        let names = attributes.filter(required).map { JSONValue.string($0.name) }
        var fields: [String: JSONValue] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(properties, uniquingKeysWith: { $1 })),
        ]
        if !names.isEmpty { fields["required"] = .array(names) }
        return .object(fields)
    }

    /// The envelope of a success around data.
    static func envelope(_ data: JSONValue) -> JSONValue {
        [
            "type": "object", "required": ["status", "response"],
            "properties": [
                "status": ["const": "ok"],
                "response": [
                    "type": "object", "required": ["data", "count", "next"],
                    "properties": [
                        "data": data, "count": ["type": "integer", "minimum": 0],
                        "next": ["type": ["string", "null"]],
                    ],
                ],
            ],
        ]
    }

    /// The envelope of a refusal.
    static let refusal: JSONValue = [
        "type": "object", "required": ["status", "response"],
        "properties": [
            "status": ["const": "error"],
            "response": [
                "type": "object", "required": ["code", "subcode", "message"],
                "properties": [
                    "code": ["type": "integer"], "subcode": ["type": "null"],
                    "message": ["type": "string"],
                    "details": ["type": "object", "additionalProperties": ["type": "string"]],
                    "resource_id": ["type": "integer"],
                ],
            ],
        ],
    ]

    private static func described(_ attribute: ResourceAttribute) -> JSONValue {
        guard case .object(var fields) = of(attribute.kind, isNullable: attribute.isNullable)
        else { return [:] }
        fields["description"] = .string(attribute.meaning)
        fields["examples"] = [attribute.example]
        return .object(fields)
    }

    private static func plain(_ kind: ResourceAttribute.Kind) -> [String: JSONValue] {
        switch kind {
        case .integer: ["type": "integer", "format": "int64"]
        case .number: ["type": "number"]
        case .moment:
            ["type": "number", "minimum": -62_135_596_800, "maximum": 253_402_300_799]
        case .boolean: ["type": "boolean"]
        case .text(let limit): ["type": "string", "maxLength": .integer(Int64(limit))]
        case .choice(let words): ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .several(let kind): ["type": "array", "items": of(kind)]
        case .structure(let schema):
            if case .object(let fields) = schema { fields } else { [:] }
        }
    }
}
