// SPDX-License-Identifier: Apache-2.0

/// Why a request is refused, as the caller reads it (spec/api.md, "Conventions").
struct Problem: Error, Hashable, Sendable {
    /// The HTTP status.
    var code: Int
    /// What is wrong, naming the attribute.
    var message: String
    /// What is wrong by attribute, for 422.
    var details: [String: String] = [:]
    /// What stands in the way, for 409.
    var resourceID: Int64?
    /// Headers that go with it, such as `Allow`.
    var headers: [String: String] = [:]

    /// A refusal with a sentence.
    init(_ code: Int, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Values that are well-formed but not acceptable, by attribute.
    static func unacceptable(_ details: [String: String]) -> Problem {
        let sentences = details.sorted { $0.key < $1.key }.map { entry in
            entry.value.hasPrefix(":") ? entry.key + entry.value : "\(entry.key) \(entry.value)"
        }
        var problem = Problem(422, sentences.joined(separator: "; "))
        problem.details = details.mapValues { sentence in
            sentence.hasPrefix(": ") ? String(sentence.dropFirst(2)) : sentence
        }
        return problem
    }

    /// One value that is not acceptable; the sentence goes on behind the attribute's name.
    static func unacceptable(_ attribute: String, _ sentence: String) -> Problem {
        unacceptable([attribute: sentence])
    }

    /// Something that is there already.
    static func conflict(_ message: String, with id: Int64?) -> Problem {
        var problem = Problem(409, message)
        problem.resourceID = id
        return problem
    }

    /// A method that a resource has not.
    static func methodNotAllowed(_ allowed: [Method]) -> Problem {
        let names = Method.allCases.filter(allowed.contains).map(\.rawValue)
        var problem = Problem(405, "the resource has the methods \(names.joined(separator: ", "))")
        problem.headers["Allow"] = names.joined(separator: ", ")
        return problem
    }

    /// Nothing is there.
    static func notFound(_ what: String) -> Problem { Problem(404, "there is no \(what)") }

    /// The refusal in its envelope.
    var answer: Answer {
        var json = JSONBytes(capacity: 256)
        json.raw("{\"status\":\"error\",\"response\":{\"code\":")
        json.integer(Int64(code))
        json.raw(",\"subcode\":null,\"message\":")
        json.text(message)
        if !details.isEmpty {
            json.raw(",\"details\":{")
            for (position, entry) in details.sorted(by: { $0.key < $1.key }).enumerated() {
                if position > 0 { json.raw(",") }
                json.text(entry.key)
                json.raw(":")
                json.text(entry.value)
            }
            json.raw("}")
        }
        if let resourceID {
            json.raw(",\"resource_id\":")
            json.integer(resourceID)
        }
        json.raw("}}")
        let all = headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        return Answer(status: code, headers: all, body: .bytes(json.bytes))
    }
}
