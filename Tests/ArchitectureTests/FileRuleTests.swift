// SPDX-License-Identifier: Apache-2.0
import Testing

struct FileRuleTests {
    private static let folders = ["Sources", "Tests"]

    @Test(arguments: folders)
    func `every Swift file starts with its licence`(folder: String) throws {
        for file in try PackageFolder.swiftFiles(in: folder) {
            #expect(file.lines.first == "// SPDX-License-Identifier: Apache-2.0", "\(file.path)")
        }
    }

    @Test func `no file in Sources has more than 300 lines`() throws {
        for file in try PackageFolder.swiftFiles(in: "Sources") {
            #expect(file.lines.count <= 301, "\(file.path)")
        }
    }

    @Test(arguments: ["try!", "fatalError("])
    func `nothing in Sources ends the program for an error`(word: String) throws {
        for file in try PackageFolder.swiftFiles(in: "Sources") {
            for line in file.code {
                #expect(!line.contains(word), "\(file.path): \(line)")
            }
        }
    }

    @Test func `every test is a sentence in a raw identifier`() throws {
        for file in try PackageFolder.swiftFiles(in: "Tests") {
            for name in file.names(after: Self.testAttribute) {
                #expect(name.hasPrefix("`") && name.contains(" "), "\(file.path): \(name)")
            }
        }
    }

    @Test func `no function that looks like a test lacks its attribute`() throws {
        for file in try PackageFolder.swiftFiles(in: "Tests") {
            let tests = file.code.count { $0.hasPrefix(Self.testAttribute) }
            let sentences = file.code.count { $0.contains(#/\bfunc `/#) }
            #expect(tests == sentences, "\(file.path)")
            for line in file.code {
                #expect(!line.contains(#/\bfunc test/#), "\(file.path): \(line)")
                #expect(!line.hasPrefix("import XCTest"), "\(file.path)")
            }
        }
    }

    @Test func `no test is switched off or waits by the clock`() throws {
        let words = [".disabled(", "withKnown" + "Issue", "Task.sleep", "usleep("]
        let files = try PackageFolder.swiftFiles(in: "Tests")
        for file in files where file.path != "Tests/ArchitectureTests/FileRuleTests.swift" {
            for line in file.code {
                #expect(!words.contains(where: line.contains), "\(file.path): \(line)")
            }
        }
    }

    private static let testAttribute = "@Test"
}

extension SourceFile {
    /// The names of the functions declared next after lines that begin with an attribute.
    fileprivate func names(after attribute: String) -> [Substring] {
        let lines = code
        return lines.indices.filter { lines[$0].hasPrefix(attribute) }.map { index in
            let rest = lines[index...].joined(separator: "\n")
            guard let declaration = rest.firstMatch(of: #/\bfunc (`[^`\n]*`|\w+)/#) else {
                return ""
            }
            return declaration.1
        }
    }
}
