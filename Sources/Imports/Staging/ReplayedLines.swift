// SPDX-License-Identifier: Apache-2.0
import Audience

/// The lines that a replay may touch: those that failed, each once.
struct ReplayedLines {
    private var left: Set<Int64>
    private let problem: (Int64) throws -> ImportProblem?

    /// Makes the lines.
    ///
    /// - Parameters:
    ///   - lines: The lines that failed, and those that this replay has dealt with before a crash.
    ///   - problem: What was wrong with a line.
    init(_ lines: Set<Int64>, problem: @escaping (Int64) throws -> ImportProblem?) {
        left = lines
        self.problem = problem
    }

    /// What is known of a line from the file that it came from.
    struct Original {
        /// The fields as they were, when they could not be read as a row.
        var unreadableFields: [String]?
        /// What was wrong with the text; nil for a wrong number of fields.
        var problem: StagedProblem?
    }

    /// Takes a line; nil when it did not fail, or was taken already.
    mutating func take(_ line: Int64) throws -> Original? {
        guard left.remove(line) != nil else { return nil }
        guard let problem = try problem(line) else { return Original() }
        let text = StagedProblem(code: problem.code)
        let isUnreadable = text != nil || problem.code == RowFate.wrongColumns.rawValue
        return Original(unreadableFields: isUnreadable ? problem.fields : nil, problem: text)
    }
}
