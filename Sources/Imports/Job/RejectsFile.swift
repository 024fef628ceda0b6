// SPDX-License-Identifier: Apache-2.0
import Audience
import CSV
public import Common
public import Database

/// A task's failed and warned rows as CSV: the original columns first, then what is wrong.
///
/// Corrected, the file can be replayed into the same task. A row with fewer fields than the header
/// is filled up with blanks; fields beyond the header stand in columns of their own, to be emptied.
/// A row that is replayed untouched fails as before.
public struct RejectsFile: Sendable {
    static let lineHeader = "millrace_line"
    private static let added = [lineHeader, "millrace_column", "millrace_code", "millrace_message"]
    private static let extraPrefix = "millrace_extra_"

    static func isAdded(_ header: String) -> Bool { header.hasPrefix("millrace_") }

    private let workspace: WorkspaceID
    private let task: TaskID
    private let header: [String]

    /// The rejects of a task whose file had this header.
    public init(workspace: WorkspaceID, task: TaskID, header: [String]) {
        self.workspace = workspace
        self.task = task
        self.header = header
    }

    /// Writes the file in parts.
    ///
    /// - Parameters:
    ///   - failedOnly: Whether rows that were imported with a remark are left out.
    ///   - connection: Where the ledger is read.
    ///   - write: Takes the next bytes.
    /// - Throws: What the database says, or what the closure throws.
    public func write(
        failedOnly: Bool,
        in connection: Connection,
        to write: ([UInt8]) throws -> Void
    ) throws {
        let extra = try extraColumns(connection)
        var csv = CSVWriter(delimiter: .comma)
        let extras = (0..<extra).map { "\(Self.extraPrefix)\($0 + 1)" }
        for name in header + extras + Self.added { csv.append(name) }
        csv.endRecord()
        try eachProblem(connection) { problem in
            guard !failedOnly || problem.outcome != RowFate.warning.rawValue else { return }
            append(problem, width: header.count + extra, to: &csv)
            guard csv.bytes.count > 1 << 18 else { return }
            try write(csv.bytes)
            csv.removeAll()
        }
        try write(csv.bytes)
    }

    private func append(_ problem: ImportProblem, width: Int, to csv: inout CSVWriter) {
        let fields = problem.fields ?? []
        for index in 0..<width { csv.append(index < fields.count ? fields[index] : "") }
        csv.append(problem.line)
        csv.append(problem.column ?? "")
        csv.append(problem.code)
        csv.append(problem.message)
        csv.endRecord()
    }

    /// How many fields the widest row has beyond the header.
    private func extraColumns(_ connection: Connection) throws -> Int {
        var widest = 0
        try eachProblem(connection) { widest = max(widest, $0.fields?.count ?? 0) }
        return max(0, widest - header.count)
    }

    private func eachProblem(
        _ connection: Connection,
        _ body: (ImportProblem) throws -> Void
    ) throws {
        let ledger = ImportLedger(workspace)
        var line: Int64 = 0
        while true {
            let problems = try ledger.problems(of: task, fromLine: line, in: connection)
            // Problems of one line stay together: the last line of a full page is read again.
            let isLast = problems.count < 1_000
            let next = problems.last?.line ?? 0
            for problem in problems where isLast || problem.line < next { try body(problem) }
            if isLast { return }
            line = next
        }
    }
}
