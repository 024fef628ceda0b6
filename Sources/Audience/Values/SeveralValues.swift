// SPDX-License-Identifier: Apache-2.0
internal import Common

/// The several values of one attribute, kept as a JSON array.
public enum SeveralValues {
    /// The values as texts.
    public static func texts(_ json: String) -> [String] {
        if let texts = try? JSONText.decode([String].self, from: json) { return texts }
        return ((try? JSONText.decode([Int64].self, from: json)) ?? []).map { String($0) }
    }

    /// The stored values and those of the given ones that are new; nil when none is.
    static func union(_ stored: String, _ given: String) -> String? {
        if let numbers = try? JSONText.decode([Int64].self, from: given) {
            let old = (try? JSONText.decode([Int64].self, from: stored)) ?? []
            return encode(old, numbers)
        }
        return encode(texts(stored), texts(given))
    }

    private static func encode<Value: Codable & Equatable>(
        _ old: [Value],
        _ given: [Value]
    )
        -> String?
    {
        var new: [Value] = []
        for value in given where !old.contains(value) && !new.contains(value) {
            new.append(value)
        }
        return new.isEmpty ? nil : try? JSONText.encode(old + new)
    }
}
