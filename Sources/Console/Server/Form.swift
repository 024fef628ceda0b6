// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Names and values of a form or a query, in order.
struct Form: Sendable, Hashable {
    struct Item: Sendable, Hashable {
        var name: String
        var value: String
    }

    private(set) var items: [Item] = []

    init(_ items: [Item] = []) {
        self.items = items
    }

    /// Reads the form in which browsers write them (WHATWG URL, 5.1); what is no UTF-8 is left out.
    init(encoded text: some StringProtocol) {
        items = text.split(separator: "&").compactMap { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Form.decode(pair[0]),
                let value = Form.decode(pair.count > 1 ? pair[1] : "")
            else { return nil }
            return Item(name: name, value: value)
        }
    }

    /// The trimmed text of a field; empty when it is not there.
    func text(_ name: String) -> String {
        raw(name).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The text of a field as it came.
    func raw(_ name: String) -> String { items.first { $0.name == name }?.value ?? "" }

    /// The trimmed text of a field; nil when it is empty.
    func filled(_ name: String) -> String? {
        let text = text(name)
        return text.isEmpty ? nil : text
    }

    func number(_ name: String) -> Int64? { Int64(text(name)) }

    func isOn(_ name: String) -> Bool { raw(name) == "yes" }

    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    func set(_ name: String) -> Set<String> { Set(all(name)) }

    func has(_ name: String) -> Bool { items.contains { $0.name == name } }

    /// The same with one value set, or taken out when it is nil.
    func setting(_ name: String, _ value: String?) -> Form {
        var copy = self
        copy.items.removeAll { $0.name == name }
        if let value { copy.items.append(Item(name: name, value: value)) }
        return copy
    }

    /// The text of a query.
    var encoded: String {
        items.filter { !$0.value.isEmpty }
            .map { "\(Form.encode($0.name))=\(Form.encode($0.value))" }.joined(separator: "&")
    }

    static func encode(_ text: String) -> String {
        let allowed = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    private static func decode(_ text: some StringProtocol) -> String? {
        let decoded = String(text).replacing("+", with: " ").removingPercentEncoding
        guard let decoded, !decoded.utf8.contains(0) else { return nil }
        return decoded
    }
}
