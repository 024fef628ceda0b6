// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Files

struct FilesErrorTests {
    static let all: [FilesError] =
        [
            .badName("q7"), .outside(path: "q7"), .noSuchFile("q7"), .exists("q7"),
            .beingWritten("q7"),
            .diskFull("q7"), .system(subject: "q7", action: "read", code: EIO), .writerEnded("q7"),
            .truncated("q7"), .corrupt("q7", reason: "r"), .entryCount("q7", count: 2),
            .encrypted("q7"),
            .tooLarge("q7", reason: "r"), .packing("q7", reason: "r"),
            .badPattern("q7", position: 1),
            .badExpression("q7", reason: "r"), .unknownKind("q7"),
            .badSetting(kind: "q7", setting: "s", reason: "r"), .noSuchLocation("q7"),
            .locationNameTaken("q7"), .builtIn("q7"), .readBack("q7"),
            .foreignSpool("q7"), .uploadLost("q7"), .noSecret(location: "q7", secret: "password"),
        ]
        + RemoteFailure.Step.allCases.map { step in
            .remote(RemoteFailure(server: "q7", step: step, reason: "r", isTemporary: true))
        }

    @Test(arguments: all)
    func `each error is a sentence that names its subject`(error: FilesError) {
        #expect(error.description.contains("q7"))
        #expect(error.description.split(separator: " ").count > 3)
    }

    @Test func `the system's words are given`() {
        let error = FilesError.system(subject: "a.csv", action: "opened", code: EACCES)
        #expect(error.description == "\"a.csv\" cannot be opened: Permission denied")
        #expect(!error.isTemporary)
        #expect(FilesError.system(subject: "a", action: "read", code: EIO).isTemporary)
    }

    @Test func `control characters of a name do not reach a log`() {
        #expect(FilesError.noSuchFile("a\nb\u{1b}").description == "there is no file \"a?b?\"")
    }
}
