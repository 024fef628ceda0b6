// SPDX-License-Identifier: Apache-2.0

/// Expressions over the five people of ``SearchTests``.
enum SearchTables {
    /// Expressions and the ids of those whom they find.
    static let expectations: [(String, [Int64])] = [
        (#"{"all":[]}"#, [1, 2, 3, 4, 5]), (#"{"any":[]}"#, []),
        (#"{"attribute":"language","is":"fr"}"#, [1, 2]),
        (#"{"attribute":"LANGUAGE","is":"FR"}"#, [1, 2]),
        (#"{"attribute":"language","isNot":"fr"}"#, [3, 4, 5]),
        (#"{"attribute":"language","is":null}"#, [4, 5]),
        (#"{"attribute":"language","is":""}"#, [4, 5]),
        (#"{"attribute":"language","isNot":null}"#, [1, 2, 3]),
        (#"{"not":{"attribute":"language","is":"fr"}}"#, [3, 4, 5]),
        (#"{"attribute":"language","in":["fr","nl"]}"#, [1, 2, 3]),
        (#"{"attribute":"language","in":["nl",null]}"#, [3, 4, 5]),
        (#"{"not":{"attribute":"language","in":["nl",null]}}"#, [1, 2]),
        (#"{"attribute":"language","isEmpty":true}"#, [4, 5]),
        (#"{"attribute":"language","isEmpty":false}"#, [1, 2, 3]),
        (#"{"attribute":"first_name","is":"Ann"}"#, [1]),
        (#"{"attribute":"firstName","startsWith":"Ann"}"#, [1, 3]),
        (#"{"attribute":"firstName","startsWith":"Anna%"}"#, [3]),
        (#"{"attribute":"firstName","startsWith":"Zo"}"#, [4]),
        (#"{"attribute":"firstName","startsWith":"Zoë"}"#, [4]),
        (#"{"not":{"attribute":"firstName","startsWith":"Ann"}}"#, [2, 4, 5]),
        (#"{"attribute":"firstName","contains":"nn"}"#, [1, 2, 3]),
        (#"{"attribute":"firstName","contains":"%"}"#, [3]),
        (#"{"not":{"attribute":"firstName","contains":"n"}}"#, [4, 5]),
        (#"{"attribute":"email","is":"Ann@X.BE"}"#, [1]),
        (#"{"attribute":"email","contains":"@y"}"#, [2]),
        (#"{"attribute":"msisdn","is":"+32 470 00 00 01"}"#, [1]),
        (#"{"attribute":"msisdn","startsWith":"33"}"#, [4]),
        (#"{"attribute":"points","lessThan":5}"#, [1, 4]),
        (#"{"attribute":"points","greaterThan":5}"#, [3]),
        (#"{"attribute":"points","between":[1,5]}"#, [1, 2]),
        (#"{"not":{"attribute":"points","lessThan":5}}"#, [2, 3, 5]),
        (#"{"attribute":"points","in":[1,-3,99]}"#, [1, 4]),
        (#"{"attribute":"weight","greaterThan":50}"#, [1, 2]),
        (#"{"attribute":"weight","is":50.5}"#, [1]), (#"{"attribute":"weight","is":0}"#, [4]),
        (#"{"attribute":"firstName","lessThan":"a"}"#, [1, 3, 4]),
        (#"{"attribute":"emailEnabled","is":false}"#, [2]),
        (#"{"attribute":"emailEnabled","isNot":true}"#, [2]),
        (#"{"attribute":"born","lessThan":"2026-02-28"}"#, [1]),
        (#"{"attribute":"born","withinDays":2}"#, [2, 3]),
        (#"{"attribute":"born","withinDays":0}"#, [3]),
        (#"{"attribute":"born","olderThanDays":2}"#, [1]),
        (#"{"attribute":"seenAt","withinDays":1}"#, [1]),
        (#"{"attribute":"seenAt","olderThanDays":28}"#, [2, 3]),
        (#"{"attribute":"seenAt","is":"2026-03-02T08:00:00+01:00"}"#, [1]),
        (#"{"attribute":"tags","is":"b"}"#, [1]),
        (#"{"attribute":"tags","contains":"b\"c"}"#, [2]),
        (#"{"attribute":"tags","is":","}"#, []), (#"{"attribute":"tags","is":"a,b"}"#, []),
        (#"{"attribute":"tags","isNot":"b"}"#, [2, 3, 4, 5]),
        (#"{"attribute":"tags","in":["a","b\"c"]}"#, [1, 2]),
        (#"{"attribute":"tags","isEmpty":true}"#, [3, 4, 5]),
        (#"{"attribute":"sizes","is":2}"#, [1, 4]), (#"{"attribute":"sizes","is":1}"#, [1]),
        (#"{"attribute":"profileId","in":[2,3]}"#, [2, 3]),
        (#"{"attribute":"profileId","greaterThan":4}"#, [5]),
        (#"{"attribute":"creationMoment","withinDays":1}"#, [1, 2, 3, 4, 5]),
        (#"{"attribute":"lastEmailOpenMoment","olderThanDays":90}"#, [2]),
        (#"{"not":{"attribute":"lastEmailOpenMoment","olderThanDays":90}}"#, [1, 3, 4, 5]),
        (#"{"attribute":"lastEmailOpenMoment","isEmpty":true}"#, [3, 4, 5]),
        (#"{"list":"newsletter"}"#, [1]), (#"{"list":"Newsletter","subscribed":true}"#, [1]),
        (#"{"list":"newsletter","subscribed":false}"#, [2, 3, 4, 5]),
        (#"{"list":"club","subscribed":true,"confirmed":true}"#, []),
        (#"{"list":"club","confirmed":false}"#, [4]), (#"{"import":90}"#, [1, 2, 3]),
        (#"{"all":[{"import":90},{"import":91}]}"#, [3]), (#"{"import":92}"#, []),
        (
            #"{"all":[{"attribute":"language","is":"fr"},{"any":[{"list":"newsletter","subscribed":true},{"attribute":"points","is":99}]},{"not":{"attribute":"lastEmailOpenMoment","olderThanDays":90}}]}"#,
            [1]
        ),
        (#"{"attribute":"firstName","is":"' OR 1=1 --"}"#, []),
    ]

    /// Wrong expressions, the place that is named and what is said of it.
    static let mistakes: [(String, String, String)] = [
        ("{", "the top", "no JSON"), ("[]", "the top", "expected an object, found an array"),
        ("{}", "the top", "an empty object"), (#"{"foo":1}"#, "foo", "unknown condition foo"),
        (#"{"all":{}}"#, "all", "expected an array, found an object"),
        (#"{"not":3}"#, "not", "expected an object, found a number"),
        (#"{"all":[],"any":[]}"#, "any", "any beside all: put both into all or any"),
        (#"{"all":[],"x":1}"#, "x", "unknown key x beside all"),
        (
            #"{"all":[{"all":[]},{"any":[{"attribute":"colour","is":"red"}]}]}"#,
            "all[1].any[0].attribute", "profiles has no attribute colour"
        ),
        (
            #"{"not":{"all":[{"attribute":"points","like":"x"}]}}"#, "not.all[0].like",
            "unknown operator like"
        ),
        (#"{"attribute":"points"}"#, "attribute", "no operator for points"),
        (
            #"{"attribute":7,"is":1}"#, "attribute",
            "expected the name of an attribute, found a number"
        ),
        (
            #"{"attribute":"points","greaterThan":1,"lessThan":9}"#, "lessThan",
            "lessThan beside greaterThan: put both into all or any"
        ),
        (#"{"attribute":"points","is":"1"}"#, "is", "expected a whole number, found a text"),
        (#"{"attribute":"points","is":1.5}"#, "is", "expected a whole number, found a number"),
        (#"{"attribute":"firstName","is":1}"#, "is", "expected a text, found a number"),
        (#"{"attribute":"firstName","is":"a\u0000b"}"#, "is", "text with a NUL character"),
        (
            #"{"attribute":"firstName","contains":"a\u0000b"}"#, "contains",
            "text with a NUL character"
        ),
        (#"{"attribute":"born","is":"1/1/90"}"#, "is", "no day as YYYY-MM-DD"),
        (
            #"{"attribute":"points","startsWith":"1"}"#, "startsWith",
            "startsWith cannot be asked of points"
        ),
        (#"{"attribute":"tags","lessThan":"1"}"#, "lessThan", "lessThan cannot be asked of tags"),
        (
            #"{"attribute":"emailEnabled","between":[false,true]}"#, "between",
            "between cannot be asked of emailEnabled"
        ),
        (
            #"{"attribute":"points","withinDays":3}"#, "withinDays",
            "withinDays cannot be asked of points"
        ),
        (
            #"{"attribute":"born","withinDays":-1}"#, "withinDays",
            "expected a number of days, 0 to 36500"
        ),
        (#"{"attribute":"points","between":[1]}"#, "between", "expected 2 values, found 1"),
        (#"{"attribute":"points","between":[1,null]}"#, "between", "expected two values"),
        (#"{"attribute":"points","in":[1,"x"]}"#, "in[1]", "expected a whole number, found a text"),
        (#"{"attribute":"points","in":[]}"#, "in", "expected 1 to 1000 values, found 0"),
        (#"{"attribute":"points","lessThan":null}"#, "lessThan", "expected a value"),
        (#"{"attribute":"language","is":"klingon"}"#, "is", "no language can have this value"),
        (
            #"{"attribute":"points","isEmpty":"yes"}"#, "isEmpty",
            "expected true or false, found a text"
        ),
        (#"{"attribute":"firstName","startsWith":""}"#, "startsWith", "expected a text"),
        (#"{"any":[{"list":"nope"}]}"#, "any[0].list", "profiles has no list nope"),
        (
            #"{"list":"club","subscribed":1}"#, "subscribed",
            "expected true or false, found a number"
        ),
        (#"{"list":"club","since":1}"#, "since", "unknown key since beside list"),
        (#"{"import":"x"}"#, "import", "expected the number of a task, found a text"),
        (#"{"opened":{"campaign":12}}"#, "opened", "unknown condition opened"),
    ]
}
