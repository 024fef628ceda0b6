// SPDX-License-Identifier: Apache-2.0
import Foundation

/// This program once more, in a process of its own.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let outputPipe = Pipe()

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = outputPipe
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Waits for the end; what it printed.
    func output() throws -> String {
        let data = outputPipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// Waits until the process has printed something.
    func waitForLine() throws {
        _ = outputPipe.fileHandleForReading.availableData
    }

    /// The first line that the process prints.
    func line() throws -> String {
        var data = Data()
        while !data.contains(0x0A) {
            let more = outputPipe.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            data += more
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Ends its standard input and reads what it printed then.
    func closeAndRead() throws -> String {
        try input.fileHandleForWriting.close()
        return try output()
    }
}
