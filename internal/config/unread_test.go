package config_test

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"callsheet/internal/config"
)

const configPackage = "callsheet/internal/config"

// TestEveryKeyIsReadSomewhere finds keys that are accepted and ignored: their field is used nowhere but in validation.
func TestEveryKeyIsReadSomewhere(t *testing.T) {
	read := map[string]bool{ // Type.Field
		"Mail.Insecure":               true, // only makes validation accept another key
		"VendorAPI.AlertWhenDaysLeft": true, // not read yet
	}
	for _, pkg := range checkedPackages(t) {
		for expr, selection := range pkg.Selections {
			if field, ok := selection.Obj().(*types.Var); ok && field.IsField() && !pkg.validates(expr.Pos()) {
				read[typeName(selection.Recv())+"."+field.Name()] = true
			}
		}
		for name := range pkg.converted { // a conversion of a whole struct reads all fields
			read[name+".*"] = true
		}
	}
	var visit func(of reflect.Type, path string)
	visit = func(of reflect.Type, path string) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			visit(of.Elem(), path)
		case reflect.Struct:
			for field := range of.Fields() {
				key := field.Tag.Get("yaml")
				if key == "" || key == "-" {
					continue
				}
				if !read[of.Name()+"."+field.Name] && !read[of.Name()+".*"] {
					t.Errorf("nothing reads the key %s%s: leave it out until something does", path, key)
				}
				visit(field.Type, path+key+".")
			}
		}
	}
	visit(reflect.TypeFor[config.Config](), "")
}

// checkedPackage is a type-checked package that imports the configuration, or the configuration itself.
type checkedPackage struct {
	types.Info
	converted  map[string]bool // types whose values are converted to another type
	validators []*ast.FuncDecl
}

// validates reports whether a position is in a function that only validates, or tests the effect of, the configuration.
func (p *checkedPackage) validates(at token.Pos) bool {
	for _, f := range p.validators {
		if f.Pos() <= at && at < f.End() {
			return true
		}
	}
	return false
}

// typeName returns the name of a type of the configuration, empty for others.
func typeName(t types.Type) string {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == configPackage {
		return named.Obj().Name()
	}
	return ""
}

func checkedPackages(t *testing.T) (packages []*checkedPackage) {
	t.Helper()
	command := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,CgoFiles,Export,Imports", "./cmd/callsheet")
	command.Dir, command.Stderr = filepath.Join("..", ".."), os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles, Imports        []string
	}
	var own []listed
	exports := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg listed
		if err := decoder.Decode(&pkg); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[pkg.ImportPath] = pkg.Export
		if pkg.ImportPath == configPackage || strings.Contains(strings.Join(pkg.Imports, " ")+" ", configPackage+" ") {
			own = append(own, pkg)
		}
	}
	files := token.NewFileSet()
	imports := importer.ForCompiler(files, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, pkg := range own {
		checked := &checkedPackage{converted: map[string]bool{}, Info: types.Info{
			Selections: map[*ast.SelectorExpr]*types.Selection{}, Types: map[ast.Expr]types.TypeAndValue{},
		}}
		var parsed []*ast.File
		for _, name := range pkg.GoFiles {
			file, err := parser.ParseFile(files, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, file)
		}
		if _, err := (&types.Config{Importer: imports}).Check(pkg.ImportPath, files, parsed, &checked.Info); err != nil {
			t.Fatal(err)
		}
		for _, file := range parsed {
			ast.Inspect(file, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.FuncDecl:
					if pkg.ImportPath == configPackage && (strings.HasPrefix(node.Name.Name, "validate") || slices.Contains([]string{"checkEffect", "Parse", "UnmarshalYAML"}, node.Name.Name)) {
						checked.validators = append(checked.validators, node)
					}
				case *ast.CallExpr:
					if len(node.Args) == 1 && checked.Types[node.Fun].IsType() && !checked.validates(node.Pos()) {
						checked.converted[typeName(checked.Types[node.Args[0]].Type)] = true
					}
				}
				return true
			})
		}
		packages = append(packages, checked)
	}
	return packages
}
