// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

struct DocumentationTests {
    @Test func `every Makefile target is explained by make help and named in the README`() throws {
        let readme = try PackageFolder.text("README.md")
        let targets = try PackageFolder.text("Makefile").matches(of: #/(?m)^([a-z]+):(.*)$/#)
        #expect(targets.count >= 10)
        for target in targets {
            #expect(target.2.contains("## "), "\(target.1) has no explanation")
            #expect(readme.contains("`make \(target.1)`"), "\(target.1) is not in README.md")
        }
    }

    @Test func `CI runs the README's test command and nothing else`() throws {
        let commands = try PackageFolder.text(".ci/run").split(separator: "\n").filter {
            !$0.hasPrefix("#") && !$0.hasPrefix("cd ") && !$0.hasPrefix("set ")
        }
        #expect(commands == ["exec make test"])
    }

    @Test func `every task type has its line in the docs`() throws {
        let page = try PackageFolder.text("docs/task-types.md")
        for file in try PackageFolder.swiftFiles(in: "Sources") {
            for type in file.text.matches(of: #/TaskType\(\s*name: "([a-z_]+)"/#) {
                #expect(page.contains("| `\(type.1)` |"), "\(type.1) of \(file.path)")
            }
        }
    }

    @Test func `every decision stands in the list of decisions`() throws {
        let list = try PackageFolder.text("docs/decisions/README.md")
        let folder = PackageFolder.url.appending(path: "docs/decisions")
        let records = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(records.count > 1)
        for record in records where record != "README.md" {
            #expect(list.contains("(\(record))"), "\(record)")
        }
    }

    @Test func `every page of the docs that the program names is there`() throws {
        for file in try PackageFolder.swiftFiles(in: "Sources") {
            for page in file.text.matches(of: #/docs\/[a-z\/-]+\.md/#) {
                let path = PackageFolder.url.appending(path: String(page.0)).path
                #expect(FileManager.default.fileExists(atPath: path), "\(page.0) in \(file.path)")
            }
        }
    }

    @Test func `every condition and operator of a search stands in its page`() throws {
        let page = try PackageFolder.text("docs/searches.md")
        let compiler = try PackageFolder.text("Sources/Audience/Searches/SearchCompiler.swift")
        let operators = try PackageFolder.text("Sources/Audience/Searches/SearchOperator.swift")
        let list = try #require(compiler.firstMatch(of: #/ownKeywords[^=]*= \[([^\]]*)\]/#)).1
        let words =
            list.matches(of: #/"([a-z]+)"/#).map(\.1)
            + operators.matches(of: #/(?m)^    case `?([a-zA-Z]+)`?$/#).map(\.1)
        #expect(words.count >= 19)
        for word in words { #expect(page.contains("`\(word)`"), "\(word)") }
    }

    @Test func `the oldest Swift that is told is the one that setup asks for`() throws {
        let setup = try PackageFolder.text("scripts/setup.sh")
        let readme = try PackageFolder.text("README.md")
        let told = try #require(readme.firstMatch(of: #/\[Swift ([0-9.]+) or later\]/#)).1
        #expect(setup.contains("Swift \(told) or later"))
        #expect(setup.contains("-lt \(told.drop { $0 != "." }.dropFirst()) ]"))
    }

    @Test(arguments: [
        "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/task-types.md",
        "docs/decisions/README.md", "Samples/README.md",
    ])
    func `links within the docs lead somewhere`(page: String) throws {
        let folder = PackageFolder.url.appending(path: page).deletingLastPathComponent()
        for link in try PackageFolder.text(page).matches(of: #/\]\(([^)#:]+)(#[^)]*)?\)/#) {
            let target = folder.appending(path: String(link.1))
            #expect(FileManager.default.fileExists(atPath: target.path), "\(link.1) in \(page)")
        }
    }
}
