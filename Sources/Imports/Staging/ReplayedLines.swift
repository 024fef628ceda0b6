// SPDX-License-Identifier: Apache-2.0
import Audience

/// The lines that a replay may touch: those that failed, each once.
struct ReplayedLines {
    private var left: Set<Int64>
    private let problems: (Int64) throws -> [ImportProblem]
    /// The first problem of each line of a stretch: a corrected file has its lines in order mostly.
    private var known: [Int64: ImportProblem] = [:]
    private var stretch: ClosedRange<Int64>?

    /// Makes the lines.
    ///
    /// - Parameters:
    ///   - lines: The lines that failed, and those that this replay has dealt with before a crash.
    ///   - problems: What was wrong from a line on, in the order of the lines; some of it, or nothing
    ///     when nothing is left.
    init(_ lines: Set<Int64>, problems: @escaping (Int64) throws -> [ImportProblem]) {
        left = lines
        self.problems = problems
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
        guard let problem = try problem(on: line) else { return Original() }
        let text = StagedProblem(code: problem.code)
        let isUnreadable = text != nil || problem.code == RowFate.wrongColumns.rawValue
        return Original(unreadableFields: isUnreadable ? problem.fields : nil, problem: text)
    }

    private mutating func problem(on line: Int64) throws -> ImportProblem? {
        if stretch?.contains(line) != true {
            let page = try problems(line)
            known = Dictionary(page.map { ($0.line, $0) }) { first, _ in first }
            stretch = line...max(line, page.last?.line ?? .max)
        }
        return known[line]
    }
}
