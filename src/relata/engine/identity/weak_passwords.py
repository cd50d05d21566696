"""Passwords of ten letters and more that everybody tries first, from the published lists of leaked ones."""

from __future__ import annotations

#: In lower case. Shorter ones fail by their length.
COMMONEST = frozenset(
    """
    1234567890 12345678910 123456789a 123456789q 0123456789 0987654321 9876543210 1029384756 1122334455 1111111111
    0000000000 123123123123 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 1qaz2wsx3edc qazwsxedcrfv zaq12wsxcde3
    qwertyuiop qwertyuiop1 qwertyuiop123 qwerty12345 qwerty123456 qwerty1234 qwe123qwe123 asdfghjkl1 asdfghjkl123
    asdfasdfasdf zxcvbnm123 qwertzuiop azertyuiop password12 password123 password1234 password12345 password123456
    password1! password123! passw0rd123 p@ssw0rd123 p@ssword123 passwordpassword mypassword mypassword1 newpassword
    newpassword1 changeme123 changeme1234 changemenow letmein123 letmein1234 letmeinnow welcome123 welcome1234
    welcome123! welcome2024 welcome2025 welcome2026 administrator admin12345 admin123456 admin@12345 adminadmin
    adminadmin1 administrator1 rootrootroot superadmin superuser1 default123 secret1234 iloveyou123 iloveyou12
    iloveyouforever sunshine12 sunshine123 princess123 football123 baseball123 basketball superman123 batman12345
    michael123 jennifer123 charlie123 abcdefghij abcdefghijk abcd123456 abcde12345 abc1234567 abc123456789 a123456789
    aa123456789 aaaaaaaaaa letmeinplease trustno1234 monkey12345 dragon12345 master12345 shadow12345 computer123
    internet123 whatever123 liverpool1 chelsea123 manchester iloveyou1234 q123456789 samsung123 google12345 test123456
    testtest123 testpassword spring2026! summer2026! autumn2026! winter2026! company123 crmpassword relata12345
    relatarelata salesforce1 salesforce123 correcthorsebatterystaple
    """.split()
)
