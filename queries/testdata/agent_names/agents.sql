-- Asha Rao: one answered call and two missed ones, whatever the spelling of her number. Ashish: six calls, spelled as most often
-- reported. Chand Devi: four, by single spaces; one has a no-break space, one a line end.
-- Esha had the phone until noon, then Farid: d1 and d3 are Esha's, d5 is Farid's. The other source knows no name of either phone, so
-- e1 and f2 count for the numbers as first seen. So do g1 and g2, whose first call came with +91.
-- Hari comes before Zoya, so h3 is Hari's. Indu's two calls, of which one report had a wrong name. JAYA is how reports spell the
-- configuration's Jaya, which has blanks around it. Of the masked number k2 has an agent's name, and k1 counts
-- for nobody.
select agent, calls, offered, answered, rang
from agents('2026-10-05', '2026-10-05')
order by agent;
