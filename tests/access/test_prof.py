import cProfile, pstats, time
from tests.access.plans import *
from tests.access.checks import *
from tests.access import views
import random
def rnd(seed):
    r = random.Random(seed)
    m = lambda n: r.choice([None, *range(n)])
    roles = tuple({o: tuple(r.choice(LEVELS) for _ in RIGHTS) for o in OBJECTS} for _ in range(3))
    teams = tuple(TeamPlan(m(i) if i else None, m(PEOPLE)) for i in range(TEAMS))
    people = tuple(PersonPlan(tuple(r.choices(range(3), k=r.randint(1,2))), m(TEAMS)) for _ in range(PEOPLE))
    recs = {o: tuple(RecordPlan(m(PEOPLE), m(TEAMS), m(RECORDS), m(RECORDS), r.random()<.5, r.random()<.15) for _ in range(RECORDS)) for o in OBJECTS}
    shares = tuple(SharePlan(r.choice(OBJECTS), r.randrange(RECORDS), r.randrange(PEOPLE+TEAMS), r.choice(("read","change")), r.choice(("","past","future")), r.random()<.5) for _ in range(3))
    return Plan(roles, teams, people, recs, shares, (r.randrange(7), "read"), ())
import os
async def test_prof(house):
    for seed in range(int(os.environ.get("A","0")), int(os.environ.get("B","6"))):
        t=time.monotonic()
        try:
            async with house.door.database.transaction():
                plan = rnd(seed)
                company = await furnished(house, plan)
                for k in range(3):
                    for d in await door_differences(company, first=k):
                        print(seed, k, d, flush=True)
                r = random.Random(seed)
                for _ in range(4):
                    m = Move(r.choice(("owner", "team", "parent", "unshare", "person", "hierarchy", "manager", "delete", "restore")), r.choice(OBJECTS), r.randrange(3), r.randrange(3), r.randrange(4))
                    print(seed, "move", m)
                    await company.happen(m)
                await indexed(company)
                for k in range(3):
                    for d in await door_differences(company, first=k):
                        print(seed, "after", k, d, flush=True)
                raise Undone
        except Undone:
            pass
        house.door.forget(house.key)
        print("seed", seed, time.monotonic()-t, flush=True)
