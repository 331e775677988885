package importer

import (
	"fmt"
	"strings"
	"testing"
)

func TestColumnsOfCustomerAndAgentWinOverWhoCalled(t *testing.T) {
	const customer, agent, did = "09876543210", "9280000002", "01204000001"
	const in, out = `"SourceNumber":"` + customer + `","DialWhomNumber":"` + agent + `"`, `"SourceNumber":"` + agent + `","DialWhomNumber":"` + customer + `"`
	for name, c := range map[string]struct{ headings, row, want string }{
		"outgoing, the agent called":             {"Caller Number,Customer Number,Agent Number", "WEBOBD," + agent + "," + customer + "," + agent, out},
		"outgoing, the caller is the customer":   {"Caller Number,Customer Number,Agent Number", "WEBOBD," + customer + "," + customer + "," + agent, out},
		"outgoing, the caller in another form":   {"Caller Number,Customer Number,Agent Number", "WEBOBD,+91 92800 00002," + customer + "," + agent, out},
		"incoming":                               {"Caller Number,Customer Number,Agent Number", "IVR," + customer + "," + customer + "," + agent, in},
		"incoming, missed":                       {"Caller Number,Customer Number,Agent Number", "IVR," + customer + "," + customer + ",-", `"SourceNumber":"` + customer + `","DialWhomNumber":"-"`},
		"no agents, outgoing":                    {"Caller Number,Customer Number", "WEBOBD," + agent + "," + customer, out},
		"no agents, incoming":                    {"Caller Number,Customer Number", "IVR," + customer + "," + customer, `"SourceNumber":"` + customer + `","DialWhomNumber":""`},
		"no customer in the cell":                {"Caller Number,Customer Number,Agent Number", "IVR," + customer + ",N/A," + agent, in},
		"the caller is the virtual number":       {"Caller ID,DID,Customer Number,Agent Number", "WEBOBD," + did + "," + did + "," + customer + ",", `"DestinationNumber":"` + did + `","SourceNumber":"","DialWhomNumber":"` + customer + `"`},
		"a third caller":                         {"Caller ID,Customer Number,Agent Number", "WEBOBD,9000000009," + customer + "," + agent, out + `,"Caller ID":"9000000009"`},
		"two columns of agents, outgoing":        {"Caller,Agent Number,Member Number", "WEBOBD," + customer + "," + agent + "," + agent, out},
		"two columns of agents, incoming":        {"Caller,Agent Number,Member Number", "IVR," + customer + "," + agent + "," + agent, in},
		"the dialled phone is the customer":      {"Caller,Agent Number,Member Number", "WEBOBD," + agent + "," + customer + "," + agent, out},
		"members, outgoing":                      {"Caller,Member Number", "WEBOBD," + customer + "," + agent, out},
		"members, the agent called":              {"Caller,Member Number", "WEBOBD," + agent + "," + agent, `"SourceNumber":"` + agent + `","DialWhomNumber":""`},
		"two agents":                             {"Caller,Agent Number,Member Number", "IVR," + customer + ",9280000003," + agent, ""},
		"three people":                           {"Caller,Agent Number,Member Number", "WEBOBD,9280000003," + customer + "," + agent, ""},
		"outgoing without its agent":             {"Caller,Member Number", "WEBOBD," + customer + ",", ""},
		"the vendor's fields count beside roles": {"SourceNumber,DialWhomNumber,Customer Number", "WEBOBD," + agent + "," + customer + "," + customer, out + `,"Customer Number":"` + customer + `"`},
	} {
		got, report, err := readContent(t, testReading(t), "CallSid,Talk,Direction,"+c.headings+"\n1.1,40,"+c.row+"\n")
		if c.want == "" {
			if err != nil || len(got) > 0 || len(report.Rejects) != 1 || !strings.Contains(report.Rejects[0].Reason, "do not tell who is the customer") || !strings.Contains(report.Rejects[0].Hint, "Customer Number") {
				t.Errorf("%s: %v %v %v, want a rejected row", name, got, report.Rejects, err)
			}
			continue
		}
		if err != nil || len(got) != 1 || !strings.HasSuffix(got[0], c.want+"}") {
			t.Errorf("%s: %v %v %v\nwant %s", name, got, report.Rejects, err, c.want)
		}
	}
}

// TestTheFileShowsWhoTheAgentsOfOutgoingCallsAre: a column of agents has who was dialled, as the vendor sends it, or the agents of all calls.
func TestTheFileShowsWhoTheAgentsOfOutgoingCallsAre(t *testing.T) {
	const customer, other, agent, second = "09876543210", "09123456780", "9280000001", "9280000002"
	const sent = `"SourceNumber":"` + agent + `","DialWhomNumber":"` + customer + `"`
	caller := func(party string) string { return `{"CallSid":"1.1","TalkDuration":"40","Direction":"WEBOBD",` + party }
	for name, c := range map[string]struct{ headings, rows, want string }{
		"as the vendor sends it, the customer called": {"Caller,Agent Number", "WEBOBD," + agent + "," + customer + "\n1.2,40,IVR," + customer + "," + second, caller(sent)},
		"as the vendor sends it, the agent answered":  {"Caller No,Agent No", "WEBOBD," + agent + "," + customer + "\n1.2,40,IVR," + other + ",0" + agent, caller(sent)},
		"a column of agents, the customer called":     {"Caller,Agent Number", "WEBOBD," + customer + "," + agent + "\n1.2,40,IVR,+91" + customer[1:] + ",", caller(sent)},
		"a column of agents, the agent answered":      {"From,Agent Mobile", "WEBOBD," + customer + "," + agent + "\n1.2,40,IVR," + other + "," + agent, caller(sent)},
		"a column of agents, with names for numbers":  {"Caller ID,Agent", "WEBOBD," + customer + "," + agent + "\n1.2,40,IVR," + other + "," + agent, caller(sent)},
		"agents call each other":                      {"Caller,Agent Number", "WEBOBD," + agent + "," + customer + "\n1.2,40,IVR," + other + "," + agent + "\n1.3,40,IVR," + other + "," + second + "\n1.4,9,WEBOBD," + agent + "," + second, caller(sent)},
		"no column of who called":                     {"Phone,Agent Number", "WEBOBD," + customer + "," + agent, `{"CallSid":"1.1","TalkDuration":"40","Direction":"WEBOBD","Phone":"` + customer + `","SourceNumber":"` + agent + `","DialWhomNumber":""`},
		"a column of customers":                       {"Customer,Agent Number", "WEBOBD," + customer + "," + agent, caller(sent)},
		"one of clients":                              {"Client Mobile No.,Agent Number", "WEBOBD," + customer + "," + agent, caller(sent)},
		"names of customers":                          {"Customer,Caller,Agent Number", "WEBOBD,Ravi," + agent + "," + customer + "\n1.2,40,IVR,Ravi," + customer + "," + agent, `{"CallSid":"1.1","TalkDuration":"40","Direction":"WEBOBD","Customer":"Ravi",` + sent},
	} {
		got, report, err := readContent(t, testReading(t), "CallSid,Talk,Direction,"+c.headings+"\n1.1,40,"+c.rows+"\n")
		if err != nil || len(got) == 0 || got[0] != c.want+"}" || len(report.Rejects) > 0 {
			t.Errorf("%s: %v %v %v\nwant %s}", name, got, report.Rejects, err, c.want)
		}
	}
	got, _, err := readContent(t, testReading(t), `[{"CallSid":"1.1","Talk":"40","Direction":"WEBOBD","Caller":"`+customer+`","Agent Number":"`+agent+`"},`+
		`{"CallSid":"1.2","Talk":"40","Direction":"IVR","Caller":"`+other+`","Agent Number":"`+agent+`"}]`)
	if err != nil || len(got) != 2 || got[0] != caller(sent)+"}" {
		t.Errorf("JSON: %v %v", got, err)
	}
	const headings = "CallSid,Talk,Direction,Caller,Agent Number\n"
	got, report, err := readContent(t, testReading(t), headings+"1.1,40,WEBOBD,"+agent+","+customer+"\n1.2,40,IVR,"+other+",\n")
	if err != nil || len(got) != 1 || len(report.Rejects) != 1 || !strings.Contains(report.Rejects[0].Reason, "nothing shows whether the agent of an outgoing call is in Caller or Agent Number") ||
		!strings.Contains(report.Rejects[0].Hint, `rename "Agent Number" to Member Number`) {
		t.Errorf("nothing shows it: %v %v %v", got, err, report.Rejects)
	}
	reading := testReading(t)
	reading.Agents = []string{"+91 " + agent}
	got, _, err = readContent(t, reading, headings+"1.1,40,WEBOBD,"+customer+","+agent+"\n")
	if err != nil || len(got) != 1 || got[0] != caller(sent)+"}" {
		t.Errorf("the configuration shows it: %v %v", got, err)
	}
	_, _, err = readContent(t, testReading(t), headings+"1.1,40,IVR,"+other+","+agent+"\n1.2,40,WEBOBD,"+customer+","+agent+"\n1.3,40,WEBOBD,"+agent+","+customer+"\n")
	if err == nil || !strings.Contains(err.Error(), `"Caller" has an agent's phone in the outgoing call of line 4, and "Agent Number" in that of line 3`) {
		t.Errorf("it changes: %v", err)
	}
	got, _, err = readContent(t, testReading(t), headings+"1.1,40,IVR,"+customer+","+agent+"\n")
	if err != nil || len(got) != 1 {
		t.Errorf("incoming calls only: %v %v", got, err)
	}
}

// TestAFewAgentsCallManyCustomers: a column with few phones has the agents, also if one of them once called in.
func TestAFewAgentsCallManyCustomers(t *testing.T) {
	const headings = "CallSid,Talk,Direction,Caller,Agent Number\n"
	var asSent, inColumn strings.Builder
	for i := range 30 {
		fmt.Fprintf(&asSent, "2.%d,9,WEBOBD,928000000%d,98765432%02d\n", i, i%3, i)
		fmt.Fprintf(&inColumn, "2.%d,9,WEBOBD,98765432%02d,928000000%d\n", i, i, i%3)
	}
	for _, c := range []struct {
		name, rows       string
		want, rejected   int
		customer, source string // of the first outgoing call
	}{
		{"as the vendor sends it", asSent.String(), 30, 0, "9876543200", "9280000000"},
		{"a column of agents", inColumn.String(), 30, 0, "9876543200", "9280000000"},
		{"a customer called, too", inColumn.String() + "1.1,9,IVR,9876543200,\n", 31, 0, "9876543200", "9280000000"},
		{"an agent called in", asSent.String() + "1.1,9,IVR,9280000000,\n", 1, 30, "", ""},
		{"an agent who answered called in", asSent.String() + "1.1,9,IVR,9280000000,9280000001\n", 31, 0, "9876543200", "9280000000"},
	} {
		got, report, err := readContent(t, testReading(t), headings+c.rows)
		if err != nil || len(got) != c.want || len(report.Rejects) != min(c.rejected, maxListed) {
			t.Errorf("%s: %d read, %d rejected, %v", c.name, len(got), report.Rejected, err)
			continue
		}
		if c.source != "" && !strings.Contains(got[0], `"SourceNumber":"`+c.source+`","DialWhomNumber":"`+c.customer+`"`) {
			t.Errorf("%s: %s", c.name, got[0])
		}
	}
}

// TestASourceWhoseCustomersCall: where the configuration says that SourceNumber of outgoing calls is the customer, a column of agents is the usual.
func TestASourceWhoseCustomersCall(t *testing.T) {
	const headings = "CallSid,Talk,Direction,Caller,Agent Number\n"
	reading := testReading(t)
	reading.OutgoingIsAgent = false
	got, _, err := readContent(t, reading, headings+"1.1,40,WEBOBD,9876543210,9280000001\n")
	if want := `"SourceNumber":"9876543210","DialWhomNumber":"9280000001"}`; err != nil || len(got) != 1 || !strings.HasSuffix(got[0], want) {
		t.Errorf("%v %v", got, err)
	}
	_, _, err = readContent(t, reading, headings+"1.1,40,IVR,9876543210,9280000001\n1.2,40,WEBOBD,9280000001,9876543210\n")
	if err == nil || !strings.Contains(err.Error(), "outgoing_caller of the source is customer") {
		t.Errorf("agents called: %v", err)
	}
}

func TestAColumnThatFieldNamesSaysWhoCalled(t *testing.T) {
	reading := testReading(t)
	reading.Mapping.Fields = map[string]string{sourceNumber: "Caller", dialWhomNumber: "Agent Number"}
	got, _, err := readContent(t, reading, "CallSid,Talk,Direction,Caller,Agent Number,Member Number\n1.1,40,WEBOBD,9280000003,09876543210,9280000002\n")
	if want := `{"CallSid":"1.1","TalkDuration":"40","Direction":"WEBOBD","SourceNumber":"9280000003","DialWhomNumber":"09876543210","Member Number":"9280000002"}`; err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("%v %v, want %s", got, err, want)
	}
}

func TestACellThatMeansNothingSaysNothing(t *testing.T) {
	reading := testReading(t)
	reading.Mapping.Set = map[string]string{directionField: "WEBOBD", "coins": "3", "TalkDuration": "7"}
	reading.Mapping.NothingValues = []string{"Nicht bekannt", "9999999999"}
	for _, word := range []string{"", "-", "N/A", "0", "Not Assigned", " – ", "nicht bekannt "} {
		for name, content := range map[string]string{
			"CSV":   "CallSid,Direction,coins,TalkDuration,EndTime\n1.1," + word + ",0,-,x\n",
			"JSON":  `[{"CallSid":"1.1","Direction":"` + word + `","coins":"0","TalkDuration":"-","EndTime":"x"}]`,
			"roles": "CallSid,Direction,coins,TalkDuration,EndTime,Customer Number,Member Number\n1.1," + word + ",0,-,x,098,928\n",
		} {
			got, report, err := readContent(t, reading, content)
			want := `{"CallSid":"1.1","Direction":"WEBOBD","coins":"0","TalkDuration":"7","EndTime":"x"`
			if name == "roles" {
				want += `,"SourceNumber":"928","DialWhomNumber":"098"`
			}
			if err != nil || len(got) != 1 || got[0] != want+"}" {
				t.Errorf("%s, %q: %v %v %v\nwant %s}", name, word, got, report.Rejects, err, want)
			}
		}
	}
	for content, want := range map[string]string{
		"CallSid,Agent,Agent Name,Talk\n1.1,-,Ashish,2\n1.2,Ritu,Ritu,2\n":       `{"CallSid":"1.1","receiver_name":"Ashish","TalkDuration":"2","Direction":"WEBOBD","coins":"3"}`,
		"CallSid,Agent,Agent Name,Talk\n1.1,Ashish,Not Assigned,2\n":             `{"CallSid":"1.1","receiver_name":"Ashish","TalkDuration":"2","Direction":"WEBOBD","coins":"3"}`,
		"CallSid,Customer Number,Member Number,Caller\n1.1,9999999999,928,098\n": `{"CallSid":"1.1","Direction":"WEBOBD","TalkDuration":"7","coins":"3","SourceNumber":"928","DialWhomNumber":"098"}`,
		"CallSid,Talk,Talk Time,Status\n1.1,-,0,BUSY\n":                          `{"CallSid":"1.1","TalkDuration":"0","Status":"BUSY","Direction":"WEBOBD","coins":"3"}`,
	} {
		got, _, err := readContent(t, reading, content)
		if err != nil || len(got) == 0 || got[0] != want {
			t.Errorf("%q: %v %v\nwant %s", content, got, err, want)
		}
	}
	if _, _, err := readContent(t, reading, "CallSid,Talk,Talk Time,Status\n1.1,0,40,BUSY\n"); err == nil || !strings.Contains(err.Error(), "differ in line 2") {
		t.Errorf("a talk of 0 and of 40: %v", err)
	}
}

func TestTheHintOfADirectionSaysWhatHelps(t *testing.T) {
	reading := testReading(t)
	for word, want := range map[string]string{"-": "--set Direction=IVR", "sideways": "direction_words"} {
		_, report, err := readContent(t, reading, "CallSid,Direction,Talk,Customer Number\n1.1,"+word+",2,098\n")
		if err != nil || len(report.Rejects) != 1 || !strings.Contains(report.Rejects[0].Hint, want) {
			t.Errorf("%s: %v %v, want a hint with %s", word, report.Rejects, err, want)
		}
	}
}
