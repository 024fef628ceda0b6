// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Common
import Foundation

/// Something that can be shown to a person and to a program.
protocol Shown: Encodable {
    /// The lines that a person reads.
    var lines: [String] { get }
}

/// Prints results as text or as JSON.
struct Output: Sendable {
    let isJSON: Bool

    /// Whether a person watches.
    var isTerminal: Bool { !isJSON && isatty(STDERR_FILENO) == 1 }

    /// Shows one result.
    func show(_ value: some Shown) throws {
        if isJSON {
            print(try JSONText.encode(value, pretty: true))
        } else {
            for line in value.lines { print(line) }
        }
    }

    /// Shows a list of results, one JSON array.
    func show<Value: Shown>(_ values: [Value], empty: String) throws {
        if isJSON { return print(try JSONText.encode(values, pretty: true)) }
        if values.isEmpty { print(empty) }
        for value in values { for line in value.lines { print(line) } }
    }

    /// Says something that is no result: on the error stream, and not with JSON.
    func note(_ words: String) {
        guard !isJSON else { return }
        FileHandle.standardError.write(Data((words + "\n").utf8))
    }

    /// Writes over the present line of a terminal.
    func replaceLine(_ words: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(words)".utf8))
    }
}

/// A sentence as a result.
struct Sentence: Shown {
    var message: String
    var lines: [String] { [message] }
}

/// Lays columns of text out.
enum Columns {
    /// Pads each column to its widest cell.
    static func aligned(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = row.enumerated().map { column, cell in
                cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Words and counts, the counts flush right.
    static func counts(_ lines: [(String, Int)]) -> [String] {
        let words = lines.map(\.0.count).max() ?? 0
        let digits = lines.map { String($0.1).count }.max() ?? 0
        return lines.map { label, count in
            let number = String(count)
            return "  " + label + String(repeating: " ", count: words - label.count + 2)
                + String(repeating: " ", count: digits - number.count) + number
        }
    }
}

/// What went wrong though the command line was right: exit code 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The exit codes that scripts can use.
enum ExitCodes {
    static let taskError = ExitCode(3)
    static let taskFatal = ExitCode(4)
    static let taskWaits = ExitCode(5)
    static let checkFailed = ExitCode(6)
}
