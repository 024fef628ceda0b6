// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A database's own shell, which reads a script from its standard input.
struct Shell {
    let program: String
    let arguments: [String]

    /// Runs a script to its end.
    func run(_ script: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        input.fileHandleForWriting.write(Data((script + "\n").utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError.floorFailed }
    }
}
