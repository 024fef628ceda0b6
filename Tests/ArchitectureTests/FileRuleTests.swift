// SPDX-License-Identifier: Apache-2.0
import Testing

struct FileRuleTests {
    private static let folders = ["Sources", "Tests"]

    @Test(arguments: folders)
    func `every Swift file starts with its licence`(folder: String) throws {
        let bare = try PackageFolder.swiftFiles(in: folder).filter {
            $0.lines.first != "// SPDX-License-Identifier: Apache-2.0"
        }
        #expect(bare.map(\.path) == [])
    }

    @Test func `no file in Sources has more than 300 lines`() throws {
        let long = try PackageFolder.swiftFiles(in: "Sources").filter { $0.lines.count > 301 }
        #expect(long.map(\.path) == [])
    }

    @Test(arguments: ["try!", "fatalError("])
    func `nothing in Sources ends the program for an error`(word: String) throws {
        #expect(try lines(in: "Sources") { $0.contains(word) } == [])
    }

    @Test func `every test is a sentence in a raw identifier`() throws {
        for file in try PackageFolder.swiftFiles(in: "Tests") {
            let names = file.names(after: Self.testAttribute)
            #expect(names.filter { !$0.hasPrefix("`") || !$0.contains(" ") } == [], "\(file.path)")
        }
    }

    @Test func `no function that looks like a test lacks its attribute`() throws {
        for file in try PackageFolder.swiftFiles(in: "Tests") {
            let tests = file.code.count { $0.hasPrefix(Self.testAttribute) }
            let sentences = file.code.count { $0.contains(Self.sentence) }
            #expect(tests == sentences, "\(file.path)")
        }
        let old = try lines(in: "Tests") { line in
            line.hasPrefix("import XCTest")
                || line.contains("func test") && line.contains(#/\bfunc test[A-Z_0-9]/#)
        }
        #expect(old == [])
    }

    @Test func `no test is switched off or waits by the clock`() throws {
        let words = [
            ".disabled" + "(", ".enabled" + "(if", "withKnown" + "Issue", "Task." + "sleep",
            "usleep" + "(",
        ]
        let found = try lines(in: "Tests") { line in words.contains(where: line.contains) }
        #expect(found == [])
    }

    /// The lines of code that a rule finds, each with its file.
    private func lines(in folder: String, where rule: (Substring) -> Bool) throws -> [String] {
        try PackageFolder.swiftFiles(in: folder).flatMap { file in
            file.code.filter(rule).map { "\(file.path): \($0)" }
        }
    }

    private static let sentence = "func " + "`"
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
